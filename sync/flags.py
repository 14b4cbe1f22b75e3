"""Flags and labels that changed at the server: what is read there is read here."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from sync import ledger, summaries
from sync.copying import copy_rows
from sync.ledger import Line
from sync.models import Folder, LedgerEntry, Run
from sync.scope import Source
from sync.session import Session
from sync.wire import Flags, FolderStatus

# Without CONDSTORE every look compares the newest UIDs, and now and then all of them.
NEWEST = 1000
FULL_EVERY = timedelta(minutes=15)
_SEEN = "\\Seen"


def changed_since(
    session: Session, run: Callable[[], Run], source: Source, modseq: int, status: FolderStatus
) -> None:
    """Take over what changed after a mod-sequence in the open folder (RFC 7162, 3.1.4.1).

    The cursor is moved on the folder and not saved: what is expunged comes first.
    """
    changed = list(session.connection.changed_since(modseq))
    _apply(session, run, source, changed)
    source.folder.highestmodseq = status.highestmodseq


def diff(session: Session, run: Callable[[], Run], source: Source, status: FolderStatus) -> None:
    """Compare the open folder's flags UID by UID, where no mod-sequence can be trusted; the cursor
    as above.
    """
    folder, now = source.folder, timezone.now()
    full = _full_is_due(folder, now)
    found = session.connection.flags(_ranges(folder, None if full else NEWEST))
    _apply(session, run, source, found)
    _find_labelled(session, run, source)
    folder.highestmodseq = status.highestmodseq
    with session.commit():
        folder.flags_checked_at = now if full else folder.flags_checked_at
        folder.save(update_fields=["flags_checked_at"])


def _full_is_due(folder: Folder, now: datetime) -> bool:
    return folder.flags_checked_at is None or now - folder.flags_checked_at >= FULL_EVERY


def _ranges(folder: Folder, newest: int | None) -> Iterator[tuple[int, int]]:
    """What the ledger has of the folder, as ranges without large gaps."""
    known = LedgerEntry.objects.filter(
        folder=folder, uidvalidity=folder.uidvalidity or 0, expunged_at=None
    ).order_by("-uid")
    uids = sorted(known.values_list("uid", flat=True)[:newest])
    start = previous = None
    for uid in uids:
        if start is None or previous is None:
            start = uid
        elif uid - previous > NEWEST:
            yield start, previous
            start = uid
        previous = uid
    if start is not None and previous is not None:
        yield start, previous


def _apply(
    session: Session, run: Callable[[], Run], source: Source, found: Iterable[Flags]
) -> None:
    there = [one for one in found if not one.missing and one.error is None]
    folder = source.folder
    below = folder.uidnext or 0
    unknown = _labelled_anew(folder, [one.uid for one in there if source.carries(one)])
    with session.commit():
        _apply_seen(folder, {one.uid: _SEEN in one.flags for one in there})
    if source.labels:
        _bring_in(session, run, source, [uid for uid in unknown if uid < below])


def _find_labelled(session: Session, run: Callable[[], Run], source: Source) -> None:
    """Labels put on messages that the ledger does not know, so that no diff shows them."""
    found = {uid for each in source.criteria() for uid in session.connection.search_uids(each)}
    below = source.folder.uidnext or 0
    wanted = _labelled_anew(source.folder, sorted(found))
    _bring_in(session, run, source, [uid for uid in wanted if uid < below])


def _labelled_anew(folder: Folder, uids: list[int]) -> list[int]:
    """Those that were not known to carry a chosen label before."""
    known = LedgerEntry.objects.filter(
        folder=folder, uidvalidity=folder.uidvalidity or 0, uid__in=uids
    ).exclude(state=LedgerEntry.State.LEFT_OUT, reason=LedgerEntry.Reason.LABEL)
    had = set(known.values_list("uid", flat=True))
    return [uid for uid in uids if uid not in had]


def _bring_in(session: Session, run: Callable[[], Run], source: Source, uids: list[int]) -> None:
    """Somebody labelled them on purpose: they are listed whatever their age."""
    if not uids:
        return
    lines = [
        Line(one.uid, one.internaldate, one.size, _SEEN in one.flags)
        for one in session.connection.listing(uids)
        if not one.missing
    ]
    with session.commit():
        ledger.enter(source.folder, run(), lines)


def _apply_seen(folder: Folder, seen: dict[int, bool]) -> None:
    """A message is read once one of its copies is."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE flag (uid bigint, seen boolean) ON COMMIT DROP")
        copy_rows("flag", ("uid", "seen"), list(seen.items()))
        cursor.execute(
            "UPDATE sync_ledgerentry entry SET seen = flag.seen FROM flag"
            " WHERE entry.folder_id = %s AND entry.uidvalidity = %s AND entry.uid = flag.uid"
            " AND entry.seen <> flag.seen RETURNING entry.message_id",
            [folder.pk, folder.uidvalidity or 0],
        )
        messages = sorted({message for (message,) in cursor.fetchall() if message is not None})
        cursor.execute("DROP TABLE flag")
        cursor.execute(
            "UPDATE sync_message message SET seen = told.seen FROM ("
            "SELECT message_id, bool_or(seen) AS seen FROM sync_ledgerentry"
            " WHERE message_id = ANY(%s) AND expunged_at IS NULL GROUP BY message_id"
            ") told WHERE message.id = told.message_id AND message.seen <> told.seen"
            " RETURNING message.thread_id",
            [messages],
        )
        summaries.refresh({thread for (thread,) in cursor.fetchall()})
