"""Listing: one ledger row for every UID of a source in a run's window.

What the server says of a folder is read before the listing, so that mail that arrives meanwhile
is found again later rather than never.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone

from contacts.models import Address
from sync import leaving, ledger
from sync.folders import note_keywords
from sync.ledger import Line
from sync.models import Coverage, Folder, LedgerEntry, Run
from sync.plan import Covered, Period, Scope, missing_period
from sync.renumbering import is_renumbered, remap
from sync.scope import Source
from sync.session import Session
from sync.wire import EPOCH, Connection, FolderStatus, Listed, WireError, search
from sync.wire.search import Criteria

Reason = LedgerEntry.Reason
# Above this many, headers are read instead of asking the server for each address.
ADDRESSES_LIMIT = 50
_DAY = timedelta(days=1)


def list_window(session: Session, run: Run, source: Source) -> None:
    """List what the run's window lacks of a source, and note in the run that it was listed."""
    period = missing(source, run)
    if period is None:
        _note(session, run, source)
        return
    folder = source.folder
    begins = folder.uidnext is None
    if begins and run.kind == Run.Kind.CATCH_UP:
        # What is older than the run's window and not here is then left out all the same.
        adrift = leaving.oldest_adrift(session.account)
        period = replace(period, since=min(period.since, adrift or period.since))
    status, uidnext = session.before_listing(folder) if begins else (session.examine(folder), 0)
    if is_renumbered(folder, status):
        remap(session, source)
        status = session.opened(folder)
    lines = list(_window_lines(session, run, source, period)) if status.messages else []
    with session.commit():
        if begins:
            _begin(folder, status, uidnext)
        ledger.enter(folder, run, lines)
        note_keywords(session.account, status)
        _append_source(run, source)


def list_from(session: Session, run: Callable[[], Run], source: Source, first: int) -> bool:
    """List UIDs from `first` on, new mail, of the open folder; False where there are none."""
    folder = source.folder
    status = session.opened(folder)
    uids = session.connection.search_uids(search.ALL, (first, None))
    if not uids:
        return False
    # Where its date cannot be read: it is new, and not to be taken for old mail that was moved.
    now = timezone.now()
    lines = [_line(found, source, unknown_date=now) for found in _listed(session, uids)]
    with session.commit():
        ledger.enter(folder, run(), lines)
        note_keywords(session.account, status)
        beyond = max((line.uid for line in lines), default=0) + 1
        folder.uidnext = max(beyond, status.uidnext or 0, folder.uidnext or 1)
        # The number that is known is that of the messages below the cursor: without one the look
        # that may follow, should this one break off, counts anew.
        Folder.objects.filter(pk=folder.pk).update(uidnext=folder.uidnext, messages=None)
    return True


def roll_back(session: Session, run: Callable[[], Run], source: Source) -> None:
    """No message has the cursor's UID or a later one, and the server's UIDNEXT is below it.

    Where messages are beyond that as well, UIDNEXT lies and nothing happened. Else the folder
    was set back, as from a backup, and UIDs may be given out a second time: what the ledger says
    of them is about messages that are no more.
    """
    folder = source.folder
    status = session.opened(folder)
    uidnext = status.uidnext or 0
    if not 0 < uidnext < (folder.uidnext or 0):
        return
    if session.connection.search_uids(search.ALL, (uidnext, None)):
        return
    with session.commit():
        last = ledger.forget_from(folder, uidnext)
        folder.uidnext = min(last + 1, uidnext)
        Folder.objects.filter(pk=folder.pk).update(uidnext=folder.uidnext, messages=None)
    list_from(session, run, source, folder.uidnext)


def missing(source: Source, run: Run) -> Period | None:
    """The widest of what any of the source's labels lacks."""
    since = run.since or EPOCH
    if run.restore:
        # What was deleted lies inside of the covered time.
        return Period(since)
    lacking = [
        missing_period(since, _scope(run), _covered(folder, label))
        for folder, label in source.pairs()
    ]
    periods = [period for period in lacking if period is not None]
    if not periods:
        return None
    ends = [period.before for period in periods]
    return Period(since, None if None in ends else max(end for end in ends if end))


def _covered(folder: int, label: int | None) -> list[Covered]:
    rows = list(Coverage.objects.filter(folder=folder, label=label))
    newest = Address.objects.order_by("-created_at").values_list("created_at", flat=True).first()
    return [
        Covered(
            "contacts" if row.scope == Coverage.Scope.CONTACTS else "everyone",
            row.since,
            stale_contacts=bool(newest and row.contacts_as_of and newest > row.contacts_as_of),
        )
        for row in rows
    ]


def _scope(run: Run) -> Scope:
    return "contacts" if run.scope == Coverage.Scope.CONTACTS else "everyone"


def _window_lines(session: Session, run: Run, source: Source, period: Period) -> Iterator[Line]:
    criteria = criteria_of(period)
    uids = set(session.connection.search_uids(criteria))
    labelled = {uid for each in source.criteria() for uid in session.connection.search_uids(each)}
    with_contacts = ask_for_contacts(session.connection, run, criteria)
    for found in _listed(session, sorted(uids | labelled)):
        line = _line(found, source, unknown_date=period.since)
        if is_within(line.arrived_at, period):
            if not line.reason and with_contacts is not None and line.uid not in with_contacts:
                line = Line(line.uid, line.arrived_at, line.size, line.seen, Reason.NOT_CONTACT)
            yield line
        elif line.uid in labelled and line.arrived_at < period.since:
            # Known, so that a label put on later can be told from one that was always there.
            yield Line(line.uid, line.arrived_at, line.size, line.seen, Reason.TOO_OLD)


def criteria_of(period: Period) -> Criteria:
    """Servers differ about the day of a date: search one more on both sides, then cut exactly."""
    criteria = [*search.since((period.since - _DAY).date())]
    if period.before:
        criteria += search.before((period.before + 2 * _DAY).date())
    return criteria


def ask_for_contacts(connection: Connection, run: Run, window: Criteria) -> set[int] | None:
    """UIDs that may be with contacts, where the server can be asked; None to read all headers."""
    if run.scope != Coverage.Scope.CONTACTS:
        return None
    addresses = list(Address.objects.values_list("normalized", flat=True)[: ADDRESSES_LIMIT + 1])
    if not addresses:
        return set()
    criteria = [*window, *search.involving(addresses)]
    asks_too_much = len(addresses) > ADDRESSES_LIMIT or search.size_of(criteria) > (
        search.COMMAND_LIMIT
    )
    if asks_too_much or not all(address.isascii() for address in addresses):
        return None
    try:
        return set(connection.search_uids(criteria))
    except WireError as error:
        if error.transient:
            raise
        return None


def _listed(session: Session, uids: list[int]) -> Iterator[Listed]:
    return (found for found in session.connection.listing(uids) if not found.missing)


def _line(found: Listed, source: Source, unknown_date: datetime) -> Line:
    """A message whose data cannot be read is fetched all the same, and fails there."""
    at = found.internaldate if found.internaldate > EPOCH else unknown_date
    fits = found.error is not None or source.carries(found)
    return Line(found.uid, at, found.size, "\\Seen" in found.flags, "" if fits else Reason.LABEL)


def is_within(at: datetime, period: Period) -> bool:
    return period.since <= at and (period.before is None or at < period.before)


def _begin(folder: Folder, status: FolderStatus, uidnext: int) -> None:
    folder.uidvalidity = status.uidvalidity
    folder.uidnext = uidnext
    folder.highestmodseq = status.highestmodseq
    folder.messages = status.messages
    folder.save(update_fields=["uidvalidity", "uidnext", "highestmodseq", "messages"])


def _note(session: Session, run: Run, source: Source) -> None:
    with session.commit():
        _append_source(run, source)


def _append_source(run: Run, source: Source) -> None:
    run.sources += [pair for pair in map(list, source.pairs()) if pair not in run.sources]
    run.save(update_fields=["sources"])
