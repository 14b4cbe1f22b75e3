"""Many rows of the ledger at once; each function runs inside the caller's transaction."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from sync import rows, summaries
from sync.copying import copy_rows
from sync.models import Folder, LedgerEntry, Message, Run

# What a run that looks further, or at more people, decides anew.
_OPEN_TO_CHANGE = ("label", "too_old", "not_contact")
_COLUMNS = ("uid", "state", "reason", "arrived_at", "size", "seen")


@dataclass(frozen=True, slots=True)
class Line:
    """A UID as a listing saw it; without a reason it is to be fetched."""

    uid: int
    arrived_at: datetime
    size: int
    seen: bool
    reason: str = ""

    @property
    def state(self) -> str:
        return LedgerEntry.State.LEFT_OUT if self.reason else LedgerEntry.State.LISTED


class Entry(NamedTuple):
    """A row as a run drains it; `size` in bytes."""

    pk: int
    folder_id: int
    uid: int
    arrived_at: datetime
    size: int
    seen: bool


def enter(folder: Folder, run: Run, lines: Iterable[Line]) -> None:
    """Write the lines.

    A row that is here changes only where it was left out or failed and is wanted now; a
    restoring run wants what was deleted, too.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE line (uid bigint, state text, reason text, arrived_at timestamptz,"
            " size bigint, seen boolean) ON COMMIT DROP"
        )
        copy_rows(
            "line",
            _COLUMNS,
            [(x.uid, str(x.state), x.reason, x.arrived_at, x.size, x.seen) for x in lines],
        )
        cursor.execute(
            "INSERT INTO sync_ledgerentry AS entry (folder_id, uidvalidity, uid, state, reason,"
            " problem, tries, arrived_at, size, seen, run_id)"
            " SELECT %s, %s, uid, state, reason, '', 0, arrived_at, size, seen,"
            " CASE WHEN state = 'listed' THEN %s END FROM line"
            " ON CONFLICT (folder_id, uidvalidity, uid) DO UPDATE"
            " SET state = excluded.state, reason = excluded.reason, problem = '', tries = 0,"
            " run_id = excluded.run_id, expunged_at = NULL"
            " WHERE excluded.state = 'listed'"
            " AND (entry.state = 'failed' OR entry.reason = ANY(%s))"
            # Not too old any more: it was looked at, and is with nobody.
            " OR entry.reason = 'too_old' AND excluded.reason = 'not_contact'",
            [
                *(folder.pk, folder.uidvalidity or 0, run.pk),
                list(_open_to_change(run)),
            ],
        )
        cursor.execute("DROP TABLE line")


def _open_to_change(run: Run) -> Iterator[str]:
    yield from _OPEN_TO_CHANGE
    if run.restore:
        yield "deleted"
    if run.kind == Run.Kind.PICKED:
        # The server was asked, and has it.
        yield "gone"


def leave_out(entries: Collection[int], reason: str) -> None:
    LedgerEntry.objects.filter(pk__in=entries, state=LedgerEntry.State.LISTED).update(
        state=LedgerEntry.State.LEFT_OUT, reason=reason
    )


def mark_copies(pairs: Collection[tuple[int, int]]) -> None:
    """Entries and the messages that are here already, of which they are copies."""
    _link(
        "state = CASE message.quality WHEN 'stub' THEN 'failed' ELSE 'stored' END, reason = '',"
        f" problem = CASE message.quality WHEN 'stub' THEN '{rows.DAMAGED}' ELSE '' END,"
        " tries = entry.tries + (message.quality = 'stub')::int",
        pairs,
    )
    _read_by_copies([entry for entry, _ in pairs])


def mark_deleted(pairs: Collection[tuple[int, int]]) -> None:
    """Entries that are copies of a message that was deleted in the CRM, and its tombstone."""
    _link("state = 'left_out', reason = 'deleted', problem = ''", pairs)


def mark_mended(messages: Collection[int]) -> None:
    """All copies of messages that could be read only in part and are here in full now."""
    LedgerEntry.objects.filter(message__in=messages, state=LedgerEntry.State.FAILED).update(
        state=LedgerEntry.State.STORED, problem=""
    )


def _link(change: str, pairs: Collection[tuple[int, int]]) -> None:
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE sync_ledgerentry entry SET {change},"  # noqa: S608 (our own)
            " message_id = message.id"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair(entry, message)"
            " JOIN sync_message message ON message.id = pair.message"
            " WHERE entry.id = pair.entry",
            [[entry for entry, _ in pairs], [message for _, message in pairs]],
        )
    here = [message for _, message in pairs]
    Message.objects.filter(pk__in=here).exclude(left_server_at=None).update(left_server_at=None)


def _read_by_copies(entries: Collection[int]) -> None:
    """A message is read once one of its copies is, such as one that was read and then moved.

    Where another copy was read before, that is no news: somebody may have marked the message as
    unread here. Those of a folder that was renumbered have been set aside for the new ones.
    """
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_message message SET seen = true FROM sync_ledgerentry entry"
            " WHERE entry.id = ANY(%(entries)s) AND entry.message_id = message.id"
            " AND entry.seen AND NOT message.seen AND NOT EXISTS ("
            "SELECT FROM sync_ledgerentry other WHERE other.message_id = message.id"
            " AND other.seen AND other.id <> ALL(%(entries)s) AND (other.expunged_at IS NULL"
            " OR other.folder_id = entry.folder_id AND other.uidvalidity <> entry.uidvalidity))"
            " RETURNING message.thread_id",
            {"entries": list(entries)},
        )
        summaries.refresh({thread for (thread,) in cursor.fetchall()})


def count_a_try(entries: Collection[int], problem: str, most: int) -> None:
    """One more vain try; after `most` of them the entry has failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_ledgerentry SET tries = tries + 1, problem = %s,"
            " state = CASE WHEN tries + 1 >= %s THEN 'failed' ELSE state END"
            " WHERE id = ANY(%s) AND state = 'listed'",
            [problem, most, list(entries)],
        )


def mark_expunged(folder: Folder, uids: Collection[int]) -> None:
    """These UIDs left the folder; a message without any copy left the server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_ledgerentry SET expunged_at = now(),"
            " reason = CASE WHEN state = 'listed' THEN 'gone' ELSE reason END,"
            " state = CASE WHEN state = 'listed' THEN 'left_out' ELSE state END"
            " WHERE folder_id = %s AND uidvalidity = %s AND uid = ANY(%s) AND expunged_at IS NULL"
            " RETURNING message_id",
            [folder.pk, folder.uidvalidity or 0, list(uids)],
        )
        mark_left_server([message for (message,) in cursor.fetchall() if message is not None])


def forget_from(folder: Folder, uid: int) -> int:
    """The rows of this UID and later ones are removed; the last UID that is left, or 0."""
    rows = LedgerEntry.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0)
    later = rows.filter(uid__gte=uid)
    links = set(later.values_list("message_id", flat=True))
    later.delete()
    mark_left_server([message for message in links if message is not None])
    return rows.aggregate(last=Max("uid"))["last"] or 0


def mark_left_server(messages: Collection[int]) -> None:
    """Those of the messages of which no copy is on the server any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_message message SET left_server_at = now()"
            " WHERE id = ANY(%s) AND left_server_at IS NULL AND NOT EXISTS ("
            "SELECT FROM sync_ledgerentry copy WHERE copy.message_id = message.id"
            " AND copy.expunged_at IS NULL)",
            [list(messages)],
        )
