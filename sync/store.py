"""Batches of fetched messages into PostgreSQL: one transaction each, repeatable.

The account's row is locked for the length of the transaction, so what is looked up stays true
until the commit, and a batch that was stored before changes nothing when it comes again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sync import conversations, deleting, ledger, rearranging, rows, summaries
from sync.arrival import Arrival
from sync.copying import copy_blobs, copy_lines
from sync.copytext import digest
from sync.models import Account, Thread, ThreadReference

_MESSAGE = (
    *("id", "account_id", "thread_id", "dedupe_key", "arrived_at", "size", "direction", "seen"),
    *rows.MESSAGE,
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A conversation that a new message may belong to."""

    id: int
    message_count: int
    state: str
    last_message_at: datetime


def store(account: Account, arrivals: Sequence[Arrival], *, restore: bool = False) -> int:
    """Store a batch and mark its ledger rows as stored; returns how many messages were new.

    What was deleted here is not stored again but to `restore` it.
    """
    with transaction.atomic():
        _lock(account)
        here, buried = _messages_here(account, [arrival.dedupe_key for arrival in arrivals])
        if buried and restore:
            _lift_tombstones(buried.values())
        elif buried:
            ledger.mark_deleted(_pairs(arrivals, buried))
            arrivals = [arrival for arrival in arrivals if arrival.dedupe_key not in buried]
        fresh, copies = _once_each(arrivals, here)
        if fresh:
            threads, made = _threads(account, fresh)
            here |= _insert(account, fresh, threads, buried)
            summaries.make_and_refresh(account, made, set(threads))
        _mark_stored(fresh, here)
        ledger.mark_copies(_pairs(copies, here))
    return len(fresh)


def _lock(account: Account) -> None:
    Account.objects.select_for_update(no_key=True).only("id").get(pk=account.pk)


def _messages_here(
    account: Account, keys: list[bytes]
) -> tuple[dict[bytes, int], dict[bytes, int]]:
    """Ids of the messages that are here, and of the tombstones of those that were."""
    rows = _rows(
        "SELECT dedupe_key, id, tombstone_since IS NOT NULL FROM sync_message"
        " WHERE account_id = %s AND dedupe_key = ANY(%s)",
        [account.pk, keys],
    )
    here: dict[bytes, int] = {}
    buried: dict[bytes, int] = {}
    for key, message, tombstone in rows:
        (buried if tombstone else here)[bytes(key)] = message
    return here, buried


def _lift_tombstones(messages: Collection[int]) -> None:
    """Take them away for rows with the same ids, of messages that come back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sync_message WHERE id = ANY(%s)", [list(messages)])


def _pairs(arrivals: Iterable[Arrival], messages: Mapping[bytes, int]) -> list[tuple[int, int]]:
    """The ledger's entries of those that are among these messages, with the message's id."""
    return [
        (entry, messages[arrival.dedupe_key])
        for arrival in arrivals
        if arrival.dedupe_key in messages
        for entry in arrival.entries
    ]


def _once_each(
    arrivals: Iterable[Arrival], here: Mapping[bytes, int]
) -> tuple[list[Arrival], list[Arrival]]:
    """The first of each message that is not here, and the others: one mail may lie in many
    folders, and a batch may come a second time.
    """
    first: dict[bytes, Arrival] = {}
    for arrival in arrivals:
        if arrival.dedupe_key not in here:
            first.setdefault(arrival.dedupe_key, arrival)
    copies = [arrival for arrival in arrivals if first.get(arrival.dedupe_key) is not arrival]
    return list(first.values()), copies


def _threads(account: Account, fresh: list[Arrival]) -> tuple[list[int], dict[int, str]]:
    """The conversation of each new message; tied ones are merged. And those that have no row
    yet, which is written once their messages are there: their ids, with the server's own.
    """
    letters = [(arrival.ties, arrival.names) for arrival in fresh]
    digests = {tie for ties, names in letters for tie in (*ties, *names.own, *names.referred)}
    known, threads, pinned = _known_ties(account, digests)
    deleting.finish(thread.id for thread in threads.values() if thread.state == Thread.State.EMPTY)
    sizes = {thread.id: thread.message_count for thread in threads.values()}
    touched = _touched(threads) if pinned else set()
    outcome = conversations.group_by_choice(letters, known, sizes, pinned, touched)
    servers = _server_threads(fresh, outcome.thread_of)
    made = dict(zip(servers, _ids("sync_thread", len(servers)), strict=True))
    rearranging.pin(account.pk, outcome.pins)
    copy_lines(
        "sync_threadreference",
        ("account_id", "digest", "thread_id"),
        [
            f"{account.pk}\t{digest(tie)}\t{made.get(thread, thread)}".encode()
            for tie, thread in outcome.ties.items()
        ],
    )
    if outcome.merged:
        _merge(outcome.merged)
    _return_to_inbox(
        thread
        for thread, arrival in zip(outcome.thread_of, fresh, strict=True)
        if thread in threads and _reopens(threads[thread], arrival)
    )
    threads_of = [made.get(thread, thread) for thread in outcome.thread_of]
    return threads_of, {made[thread]: server for thread, server in servers.items()}


def _known_ties(
    account: Account, digests: set[bytes]
) -> tuple[dict[bytes, int], dict[int, _Known], set[bytes]]:
    """Threads by digest and by id, and the digests that a person decided."""
    rows = _rows(
        "SELECT tie.digest, tie.by_hand,"
        " thread.id, thread.message_count, thread.state, thread.last_message_at"
        " FROM sync_threadreference tie JOIN sync_thread thread ON thread.id = tie.thread_id"
        " WHERE tie.account_id = %s AND tie.digest = ANY(%s)"
        # Nobody archives or deletes them between this look and the commit.
        " ORDER BY thread.id FOR NO KEY UPDATE OF thread",
        [account.pk, list(digests)],
    )
    known = {bytes(digest): thread for digest, _, thread, *_ in rows}
    pinned = {bytes(digest) for digest, by_hand, *_ in rows if by_hand}
    return known, {thread: _Known(thread, *rest) for _, _, thread, *rest in rows}, pinned


def _touched(threads: Iterable[int]) -> set[int]:
    """Those in which a person has decided something."""
    rows = ThreadReference.objects.filter(thread__in=list(threads), by_hand=True)
    return set(rows.values_list("thread", flat=True))


def _reopens(thread: _Known, arrival: Arrival) -> bool:
    """A new reply brings an archived conversation back; old mail found by a past sync does not."""
    if thread.state == Thread.State.EMPTY:
        return True
    is_new = arrival.direction == "received" and arrival.arrived_at > thread.last_message_at
    return thread.state == Thread.State.ARCHIVED and is_new


def _return_to_inbox(threads: Iterable[int]) -> None:
    Thread.objects.filter(pk__in=set(threads)).update(state=Thread.State.INBOX)


def _server_threads(fresh: list[Arrival], thread_of: list[int]) -> dict[int, str]:
    """X-GM-THRID or THREADID of the negative numbers, which are conversations to be made."""
    return {
        thread: arrival.server_thread
        for thread, arrival in zip(thread_of, fresh, strict=True)
        if thread < 0
    }


def _merge(merged: Mapping[int, int]) -> None:
    pairs = [list(merged), [merged[thread] for thread in merged]]
    with connection.cursor() as cursor:
        for table in ("sync_message", "sync_threadreference"):
            cursor.execute(
                f"UPDATE {table} moved SET thread_id = pair.keeper"  # noqa: S608 (our own names)
                " FROM unnest(%s::bigint[], %s::bigint[]) AS pair(gone, keeper)"
                " WHERE moved.thread_id = pair.gone",
                pairs,
            )
        cursor.execute(
            "UPDATE sync_thread keeper SET state = 'inbox'"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair(gone, keeper)"
            " JOIN sync_thread gone ON gone.id = pair.gone AND gone.state = 'inbox'"
            " WHERE keeper.id = pair.keeper AND keeper.state <> 'inbox'",
            pairs,
        )
        # Private wins: nobody has shared the messages that come in here.
        cursor.execute(
            "UPDATE sync_thread keeper SET shared_at = NULL"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair(gone, keeper)"
            " JOIN sync_thread gone ON gone.id = pair.gone AND gone.shared_at IS NULL"
            " WHERE keeper.id = pair.keeper AND keeper.shared_at IS NOT NULL",
            pairs,
        )
        cursor.execute("DELETE FROM sync_thread WHERE id = ANY(%s)", [pairs[0]])


def _insert(
    account: Account, fresh: list[Arrival], threads: list[int], buried: Mapping[bytes, int]
) -> dict[bytes, int]:
    ids = _ids("sync_message", len(fresh))
    numbered = [
        (buried.get(arrival.dedupe_key, number), arrival)
        for number, arrival in zip(ids, fresh, strict=True)
    ]
    copy_lines(
        "sync_message",
        _MESSAGE,
        [
            _joined(_message(account, number, thread, arrival), arrival.rows.message)
            for (number, arrival), thread in zip(numbered, threads, strict=True)
        ],
    )
    of_message = [(b"%d" % number, arrival.rows) for number, arrival in numbered]
    copy_blobs(
        "sync_messagebody",
        ("message_id", "packed"),
        [(number, arrival.rows.body) for number, arrival in numbered],
    )
    copy_lines(
        "sync_participant",
        ("message_id", *rows.PARTICIPANT),
        [_joined(number, each) for number, of in of_message for each in of.participants],
    )
    copy_lines(
        "sync_attachment",
        ("message_id", *rows.ATTACHMENT),
        [_joined(number, each) for number, of in of_message for each in of.attachments],
    )
    copy_lines(
        "sync_searchbacklog",
        ("message_id", "arrived_at"),
        [f"{number}\t{arrival.arrived_at.isoformat()}".encode() for number, arrival in numbered],
    )
    return {arrival.dedupe_key: number for number, arrival in numbered}


def _message(account: Account, number: int, thread: int, arrival: Arrival) -> bytes:
    # Nothing here needs to be escaped.
    return (
        f"{number}\t{account.pk}\t{thread}\t{digest(arrival.dedupe_key)}"
        f"\t{arrival.arrived_at.isoformat()}\t{arrival.size}\t{arrival.direction}"
        f"\t{'t' if arrival.seen else 'f'}"
    ).encode()


def _joined(one: bytes, other: bytes) -> bytes:
    return b"%s\t%s" % (one, other)


def _mark_stored(arrivals: Iterable[Arrival], here: Mapping[bytes, int]) -> None:
    pairs = _pairs(arrivals, here)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_ledgerentry entry SET state = 'stored', reason = '', problem = '',"
            " message_id = pair.message"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS pair(entry, message)"
            " WHERE entry.id = pair.entry"
            # As one value: of the state alone the statistics say that hardly a row differs, and
            # the planner would read the whole ledger for those few.
            " AND (entry.state, entry.message_id) IS DISTINCT FROM ('stored', pair.message)",
            [[entry for entry, _ in pairs], [message for _, message in pairs]],
        )


def _ids(table: str, count: int) -> list[int]:
    rows = _rows(
        "SELECT nextval(number) FROM generate_series(1, %s),"
        " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS number OFFSET 0) sequence",
        [count, table],
    )
    return [number for (number,) in rows]


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
