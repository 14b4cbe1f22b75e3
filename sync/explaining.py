"""Why isn't this email here? Mail is looked for at the provider, then each hit is explained.

    SEARCH, folder by folder, those that are synced first ──> headers of the newest hits ──> kept
    kept hits beside ledger, messages and coverage ──> why()              at every look at the page

What the server said is kept; the reason is found anew each time, so that an import shows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sync import completeness, judging
from sync.models import Account, Folder, LedgerEntry
from sync.parse import ParsedHeaders, parse_headers
from sync.report import Report
from sync.scope import Source, sources
from sync.wire import Connection, Metadata, WireError, search

# Seconds for all folders together; what is left can be searched when asked again.
SECONDS = 60.0
# Hits of one folder, the newest, and of all.
IN_A_FOLDER = 50
# Messages behind a reason that are shown at once.
A_PAGE = 100
ALTOGETHER = 200
_PEOPLE = 20
_WORDS = 200
State, Reason = LedgerEntry.State, LedgerEntry.Reason


@dataclass(frozen=True)
class Hit:
    """A message as the server showed it; `carries`: it has what is chosen to be synced."""

    folder: int
    uidvalidity: int
    uid: int
    key: str
    at: str
    size: int
    sender: str
    address: str
    subject: str
    message_id: str
    carries: bool
    people: list[str]


@dataclass
class Hits:
    """`left` are the names of folders that were not searched: no time, or the server refused."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    more: bool = False
    searched: int = 0
    left: list[str] = field(default_factory=list)
    out_of_time: bool = False

    def room(self, in_a_folder: int = IN_A_FOLDER) -> int:
        return min(in_a_folder, ALTOGETHER - len(self.hits))


def tidy(words: str) -> str:
    """What is sent to the server: one line, not long."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:_WORDS]


def by_words(words: str) -> dict[str, Any]:
    """The question, as an inquiry keeps it."""
    return {"words": tidy(words)}


def by_reason(folder: int, reason: str, before: int | None = None) -> dict[str, Any]:
    """Which messages of a folder, below a UID, are left out for a reason, or have failed."""
    return {"folder": folder, "reason": reason, "before": before}


def answer(account: Account, asked: dict[str, Any], connection: Connection, report: Report) -> None:
    """Raises WireError and Withdrawn."""
    result = Hits()
    places = list(_places(account, asked.get("folder")))
    deadline = time.monotonic() + SECONDS
    for done, (folder, source) in enumerate(places):
        report.tell(asdict(result), done, len(places))
        if time.monotonic() >= deadline or not result.room():
            result.left += [other.name for other, _ in places[done:]]
            result.out_of_time = True
            break
        try:
            _look_into(account, asked, connection, folder, source, result)
        except WireError as error:
            if error.transient:
                raise
            result.left.append(folder.name)
    report.tell(asdict(result), len(places), len(places))


def _places(account: Account, only: int | None) -> Iterator[tuple[Folder, Source | None]]:
    """Folders to search, each with what is synced of it; those that are synced first."""
    chosen = {source.folder.pk: source for source in sources(account)}
    folders = list(account.folders.filter(selectable=True, missing_since=None).order_by("name"))
    folders.sort(key=lambda folder: folder.pk not in chosen)
    for folder in folders:
        if only is not None and folder.pk != only:
            continue
        if folder.pk in chosen or not completeness.is_view(account, folder):
            yield folder, chosen.get(folder.pk)


def _look_into(
    account: Account,
    asked: dict[str, Any],
    connection: Connection,
    folder: Folder,
    source: Source | None,
    result: Hits,
) -> None:
    status = connection.examine(bytes(folder.raw_name))
    if "words" in asked:
        uids = connection.search_uids(search.matching(asked["words"]))
    else:
        before = asked.get("before")
        behind = _behind(connection, folder, source, asked["reason"])
        uids = [uid for uid in behind if before is None or uid < before]
    room = result.room(IN_A_FOLDER if "words" in asked else A_PAGE)
    result.total += len(uids)
    result.more |= len(uids) > room
    newest = [one for one in connection.metadata(uids[-room:]) if not one.missing]
    result.hits += [
        _hit(account, folder, status.uidvalidity or 0, source, one) for one in reversed(newest)
    ]
    result.searched += 1


def _behind(
    connection: Connection, folder: Folder, source: Source | None, reason: str
) -> list[int]:
    """UIDs that are left out for the reason, or could not be read, ascending."""
    there = set(connection.search_uids(search.ALL))
    rows = LedgerEntry.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0)
    failed = reason == State.FAILED
    wanted = rows.filter(state=reason) if failed else rows.filter(reason=reason)
    uids = there.intersection(wanted.values_list("uid", flat=True))
    # Old mail, and folders that are not chosen, have no rows: that is what makes them cheap.
    if reason == (Reason.LABEL if source is None else Reason.TOO_OLD):
        below = folder.uidnext or max(there, default=0) + 1
        unknown = there.difference(rows.values_list("uid", flat=True))
        uids |= {uid for uid in unknown if uid < below}
    return sorted(uids)


def _hit(
    account: Account, folder: Folder, uidvalidity: int, source: Source | None, one: Metadata
) -> Hit:
    headers = parse_headers(one.headers)
    return Hit(
        folder=folder.pk,
        uidvalidity=uidvalidity,
        uid=one.uid,
        key=judging.key_of(one, headers, one.internaldate).hex(),
        at=one.internaldate.isoformat(),
        size=one.size,
        sender=_sender(headers),
        address=headers.from_[0].address if headers.from_ else "",
        subject=headers.subject,
        message_id=headers.message_id,
        carries=source is not None and source.carries(one),
        people=sorted(judging.people_of(account, headers))[:_PEOPLE],
    )


def _sender(headers: ParsedHeaders) -> str:
    first = headers.from_[0] if headers.from_ else None
    return (first.name or first.address) if first else ""
