"""What becomes of listed messages, decided on their metadata: a copy costs no body."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contacts.models import Address
from sync.ledger import Entry
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run
from sync.parse import ParsedHeaders, content_key, parse_headers, server_key
from sync.plan import Candidate, Known, Policy, Verdict, judge
from sync.scope import Source
from sync.wire import Metadata

LEFT_OUT = {
    Verdict.LABEL: LedgerEntry.Reason.LABEL,
    Verdict.TOO_OLD: LedgerEntry.Reason.TOO_OLD,
    Verdict.NOT_CONTACT: LedgerEntry.Reason.NOT_CONTACT,
}
_SENT_LABEL = b"\\sent"


@dataclass(slots=True)
class Wanted:
    """A message whose content is to be fetched, with what is known of it before.

    `sent` says that its place is one for sent mail; `size` is in bytes.
    """

    entry: int
    uid: int
    arrived_at: datetime
    size: int
    seen: bool
    sent: bool
    # b"" where only the content tells.
    dedupe_key: bytes = b""
    # X-GM-THRID or THREADID.
    server_thread: str = ""


@dataclass(slots=True)
class Judgement:
    """Entries' ids by what becomes of them; copies come with their message's id."""

    wanted: list[Wanted] = field(default_factory=list)
    copies: list[tuple[int, int]] = field(default_factory=list)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    left_out: dict[LedgerEntry.Reason, list[int]] = field(default_factory=dict)


def policy_of(run: Run) -> Policy:
    scope: Literal["everyone", "contacts"] = (
        "contacts" if run.scope == Coverage.Scope.CONTACTS else "everyone"
    )
    return Policy(scope, run.since, run.restore)


def judge_all(
    account: Account,
    source: Source,
    policy: Policy,
    found: Sequence[tuple[Entry, Metadata]],
) -> Judgement:
    """Sort the found messages of one folder by what their metadata says."""
    read = [parse_headers(metadata.headers) for _, metadata in found]
    wanted = [
        _wanted(source.folder, entry, metadata, headers)
        for (entry, metadata), headers in zip(found, read, strict=True)
    ]
    known = known_messages(account, [one.dedupe_key for one in wanted])
    contacts = _contacts(account, read) if policy.scope == "contacts" else set()
    outcome = Judgement()
    for (_, metadata), headers, one in zip(found, read, wanted, strict=True):
        message, state = known.get(one.dedupe_key, (0, "no"))
        verdict = judge(
            Candidate(
                one.arrived_at,
                labelled=source.carries(metadata),
                with_contact=not contacts.isdisjoint(people_of(account, headers)),
                known=state,
            ),
            policy,
        )
        _sort(outcome, one, verdict, message)
    return outcome


def unjudged(source: Source, entries: Iterable[Entry]) -> list[Wanted]:
    """For a run that wants all of the folder: what is asked about each costs more than it saves.

    A message that is here already is then noticed when it is stored.
    """
    sent = _is_for_sent(source.folder)
    return [
        Wanted(entry.pk, entry.uid, entry.arrived_at, entry.size, entry.seen, sent)
        for entry in entries
    ]


def _sort(outcome: Judgement, one: Wanted, verdict: Verdict, message: int) -> None:
    if verdict == Verdict.FETCH:
        outcome.wanted.append(one)
    elif verdict == Verdict.COPY:
        outcome.copies.append((one.entry, message))
    elif verdict == Verdict.DELETED:
        outcome.deleted.append((one.entry, message))
    else:
        outcome.left_out.setdefault(LEFT_OUT[verdict], []).append(one.entry)


def _wanted(folder: Folder, entry: Entry, metadata: Metadata, headers: ParsedHeaders) -> Wanted:
    labels = metadata.gm_labels or ()
    return Wanted(
        entry.pk,
        entry.uid,
        entry.arrived_at,
        metadata.size,
        "\\Seen" in metadata.flags,
        _is_for_sent(folder) or any(label.lower() == _SENT_LABEL for label in labels),
        key_of(metadata, headers, entry.arrived_at),
        str(metadata.gm_thrid) if metadata.gm_thrid else metadata.threadid or "",
    )


def key_of(metadata: Metadata, headers: ParsedHeaders, arrived_at: datetime) -> bytes:
    """The message's key; `headers` are those of the metadata."""
    key = server_key(metadata.gm_msgid, metadata.emailid)
    return key or content_key(headers, metadata.headers, metadata.size, arrived_at)


def _is_for_sent(folder: Folder) -> bool:
    return folder.special_use == "\\Sent"


def known_messages(account: Account, keys: list[bytes]) -> dict[bytes, tuple[int, Known]]:
    """Ids of the messages that are here, and what is left of them."""
    rows = Message.objects.filter(account=account, dedupe_key__in=keys).values_list(
        "dedupe_key", "pk", "tombstone_since", "quality"
    )
    return {bytes(key): (pk, _known(since, quality)) for key, pk, since, quality in rows}


def _known(tombstone_since: datetime | None, quality: str) -> Known:
    if tombstone_since is not None:
        return "tombstone"
    return "damaged" if quality == Message.Quality.STUB else "here"


def _contacts(account: Account, read: Iterable[ParsedHeaders]) -> set[str]:
    return contacts_among({who for headers in read for who in people_of(account, headers)})


def contacts_among(people: Collection[str]) -> set[str]:
    """Those of the addresses that are a contact's."""
    found = Address.objects.filter(normalized__in=people)
    return set(found.values_list("normalized", flat=True))


def people_of(account: Account, headers: ParsedHeaders) -> set[str]:
    """Everybody a message names but the account itself, which is never its own contact."""
    boxes = (*headers.from_, *headers.to, *headers.cc, *headers.bcc)
    return {box.address for box in boxes} - set(account.own_addresses)
