"""Is everything here? The server's UIDs beside the ledger, label by label.

    on the server = here + left out (why) + could not be read + on the way + missing

The server is asked first and the ledger read afterwards: what arrives meanwhile is on its way,
never missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync import problems
from sync.models import Account, Coverage, Folder, LedgerEntry
from sync.renumbering import is_renumbered
from sync.report import Report
from sync.scope import Source, sources
from sync.wire import EPOCH, Connection, FolderStatus, Listed, WireError, search

State, Reason = LedgerEntry.State, LedgerEntry.Reason
_DAY = timedelta(days=1)
# UIDs of a label that are kept as missing; the next check finds the others.
REPAIRED_AT_ONCE = 5_000
_GONE = (State.LEFT_OUT, Reason.GONE)


@dataclass
class Line:
    """A label in a folder. `problem` is the code of what kept us from looking."""

    folder: int
    label: int | None
    name: str
    uidvalidity: int = 0
    server: int = 0
    here: int = 0
    trashed: int = 0
    waiting: int = 0
    failed: int = 0
    missing: list[int] = field(default_factory=list)
    # Those of the missing that lie where only mail with contacts is synced.
    among_contacts: list[int] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    problem: str = ""


@dataclass
class Apart:
    """A folder that is not chosen."""

    folder: int
    name: str
    server: int


def answer(account: Account, asked: dict[str, Any], connection: Connection, report: Report) -> None:
    """Look at every label that is synced, then count the others. Raises WireError, Withdrawn."""
    chosen = sources(account)
    total = len(chosen)
    lines: list[Line] = []
    for done, source in enumerate(chosen):
        report.tell(_answer(lines, []), done, total)
        lines += check(connection, source)
    report.tell(_answer(lines, _apart(account, connection, chosen)), total, total)


def check(connection: Connection, source: Source) -> list[Line]:
    """A line for each of the source's labels. Raises WireError where later may be better."""
    lines = _empty(source)
    try:
        status = connection.examine(bytes(source.folder.raw_name))
        found = [set(connection.search_uids(criteria)) for criteria in _criteria(source)]
        # After the server: whatever a sync writes meanwhile is seen.
        source.folder.refresh_from_db()
        if is_renumbered(source.folder, status):
            _problem(lines, problems.RENUMBERED)
            return lines
        known = _known(source.folder)
        for line, uids in zip(lines, found, strict=True):
            _compare(connection, source, line, uids, known)
    except WireError as error:
        if error.transient:
            raise
        _problem(lines, error.code)
    return lines


def covered_since(folder: Folder, label: int | None, *scopes: str) -> datetime | None:
    """Since when the ledger holds everything, by any of the scopes; None: not yet at all."""
    rows = Coverage.objects.filter(folder=folder, label=label, scope__in=scopes)
    return min(rows.values_list("since", flat=True), default=None)


def _answer(lines: list[Line], apart: list[Apart]) -> dict[str, Any]:
    return {"lines": [asdict(line) for line in lines], "apart": [asdict(one) for one in apart]}


def _empty(source: Source) -> list[Line]:
    folder = source.folder
    if not source.labels:
        return [Line(folder.pk, None, folder.name)]
    return [Line(folder.pk, label.pk, label.name) for label in source.labels]


def _problem(lines: list[Line], code: str) -> None:
    for line in lines:
        line.problem = code


def _criteria(source: Source) -> Iterator[search.Criteria]:
    return source.criteria() if source.labels else iter([search.ALL])


def _known(folder: Folder) -> dict[int, tuple[str, str]]:
    """UID to state and reason."""
    rows = LedgerEntry.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0)
    # A folder may hold a million rows, and there are but a few kinds of them.
    kinds: dict[tuple[str, str], tuple[str, str]] = {}
    return {
        uid: kinds.setdefault((state, why), (state, why))
        for uid, state, why in rows.values_list("uid", "state", "reason").iterator()
    }


def _compare(
    connection: Connection,
    source: Source,
    line: Line,
    uids: set[int],
    known: dict[int, tuple[str, str]],
) -> None:
    line.uidvalidity = source.folder.uidvalidity or 0
    line.server = len(uids)
    counted = Counter(known[uid] for uid in uids if uid in known)
    line.here = counted[State.STORED, ""]
    line.trashed = _trashed(source.folder) if line.label is None else 0
    line.waiting = counted[State.LISTED, ""]
    line.failed = counted[State.FAILED, ""]
    line.left_out = {
        why: n
        for (state, why), n in counted.items()
        if state == State.LEFT_OUT and why != Reason.GONE
    }
    # What was thought to be gone is there after all.
    unknown = {uid for uid in uids if known.get(uid, _GONE) == _GONE}
    if unknown:
        _sort_unknown(connection, source, line, unknown)


def _sort_unknown(connection: Connection, source: Source, line: Line, unknown: set[int]) -> None:
    """UIDs without a row: older than what was synced, arrived just now, or missing."""
    folder = source.folder
    since = covered_since(folder, line.label, *Coverage.Scope.values)
    if since is None or folder.uidnext is None:
        line.waiting += len(unknown)
        return
    arriving = {uid for uid in unknown if uid >= folder.uidnext}
    line.waiting += len(arriving)
    older = unknown - arriving
    recent = older.intersection(connection.search_uids(search.since((since - _DAY).date())))
    everyone = covered_since(folder, line.label, Coverage.Scope.EVERYONE)
    unlabelled = 0
    for found in connection.listing(sorted(recent)):
        if not found.missing and EPOCH < found.internaldate < since:
            continue
        older.discard(found.uid)
        if found.missing:
            line.server -= 1
        elif found.error is None and not source.carries(found):
            unlabelled += 1
        else:
            _miss(line, found, everyone)
    _leave_out(line, Reason.LABEL, unlabelled)
    if line.label is None:
        _leave_out(line, Reason.TOO_OLD, len(older))
    else:
        # Labelled since the last look, which is why they have no row: the next one brings them.
        line.waiting += len(older)


def _miss(line: Line, found: Listed, everyone: datetime | None) -> None:
    if len(line.missing) < REPAIRED_AT_ONCE:
        line.missing.append(found.uid)
        if everyone is None or EPOCH < found.internaldate < everyone:
            line.among_contacts.append(found.uid)


def _leave_out(line: Line, reason: LedgerEntry.Reason, count: int) -> None:
    if count:
        line.left_out[reason] = line.left_out.get(reason, 0) + count


def _trashed(folder: Folder) -> int:
    """Of what is here, how many lie in the trash."""
    return LedgerEntry.objects.filter(
        folder=folder, state=State.STORED, expunged_at=None, message__thread__state="trashed"
    ).count()


def _apart(account: Account, connection: Connection, chosen: list[Source]) -> list[Apart]:
    """Folders that nobody chose, with how much they hold."""
    looked_at = {source.folder.pk for source in chosen}
    others = {
        bytes(folder.raw_name): folder
        for folder in account.folders.filter(selectable=True, missing_since=None).order_by("name")
        if folder.pk not in looked_at and not is_view(account, folder)
    }
    return [
        Apart(others[raw_name].pk, others[raw_name].name, status.messages)
        for raw_name, status in connection.statuses(others)
        if isinstance(status, FolderStatus) and status.messages
    ]


def is_view(account: Account, folder: Folder) -> bool:
    """Its messages lie elsewhere, too; so do all of Gmail's but the spam and the trash."""
    if account.gmail:
        return folder.special_use not in ("\\Junk", "\\Trash")
    return folder.special_use in ("\\All", "\\Flagged", "\\Important")
