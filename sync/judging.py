"""What becomes of listed messages, decided on their metadata: a copy costs no body."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from contacts.models import Address
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run
from sync.parse import ParsedHeaders, dedupe_key, parse_headers
from sync.plan import Candidate, Policy, Verdict, judge
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
    """A message whose content is to be fetched, with what its metadata said."""

    entry: int
    arrived_at: datetime
    metadata: Metadata
    headers: ParsedHeaders
    dedupe_key: bytes
    sent: bool


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
    source: Source | None,
    policy: Policy,
    found: Sequence[tuple[LedgerEntry, Metadata]],
) -> Judgement:
    """Sort the found messages of one folder; without a source its labels are chosen no more."""
    read = [_read(account, entry, metadata) for entry, metadata in found]
    known = known_messages(account, [one.dedupe_key for one in read])
    contacts = _contacts(account, read) if policy.scope == "contacts" else set()
    outcome = Judgement()
    for (entry, metadata), one in zip(found, read, strict=True):
        message, tombstone = known.get(one.dedupe_key, (0, False))
        verdict = judge(
            Candidate(
                entry.arrived_at,
                labelled=source is not None and source.carries(metadata),
                with_contact=not contacts.isdisjoint(people_of(account, one.headers)),
                known="tombstone" if tombstone else "here" if message else "no",
            ),
            policy,
        )
        _sort(outcome, one, verdict, message)
    return outcome


def _sort(outcome: Judgement, one: Wanted, verdict: Verdict, message: int) -> None:
    if verdict == Verdict.FETCH:
        outcome.wanted.append(one)
    elif verdict == Verdict.COPY:
        outcome.copies.append((one.entry, message))
    elif verdict == Verdict.DELETED:
        outcome.deleted.append((one.entry, message))
    else:
        outcome.left_out.setdefault(LEFT_OUT[verdict], []).append(one.entry)


def _read(account: Account, entry: LedgerEntry, metadata: Metadata) -> Wanted:
    headers = parse_headers(metadata.headers)
    return Wanted(
        entry.pk,
        entry.arrived_at,
        metadata,
        headers,
        dedupe_key(headers, metadata.headers, metadata.gm_msgid, metadata.emailid),
        _is_sent(account, entry.folder, metadata, headers),
    )


def _is_sent(account: Account, folder: Folder, metadata: Metadata, headers: ParsedHeaders) -> bool:
    if folder.special_use == "\\Sent":
        return True
    if any(label.lower() == _SENT_LABEL for label in metadata.gm_labels or ()):
        return True
    return any(box.address in account.own_addresses for box in headers.from_)


def known_messages(account: Account, keys: list[bytes]) -> dict[bytes, tuple[int, bool]]:
    """Ids of the messages that are here, and whether only a tombstone is left of them."""
    rows = Message.objects.filter(account=account, dedupe_key__in=keys).values_list(
        "dedupe_key", "pk", "tombstone_since"
    )
    return {bytes(key): (pk, since is not None) for key, pk, since in rows}


def _contacts(account: Account, read: Iterable[Wanted]) -> set[str]:
    return contacts_among({who for one in read for who in people_of(account, one.headers)})


def contacts_among(people: Collection[str]) -> set[str]:
    """Those of the addresses that are a contact's."""
    found = Address.objects.filter(normalized__in=people)
    return set(found.values_list("normalized", flat=True))


def people_of(account: Account, headers: ParsedHeaders) -> set[str]:
    """Everybody a message names but the account itself, which is never its own contact."""
    boxes = (*headers.from_, *headers.to, *headers.cc, *headers.bcc)
    return {box.address for box in boxes} - set(account.own_addresses)
