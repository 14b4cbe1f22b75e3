"""Which conversation each new message belongs to; those that it ties together become one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from sync import conversations, deleting, rearranging
from sync.arrival import Arrival
from sync.copying import copy_lines, new_ids
from sync.copytext import digest
from sync.models import Account, Thread, ThreadReference


@dataclass(frozen=True, slots=True)
class _Known:
    """A conversation that a new message may belong to."""

    id: int
    message_count: int
    state: str
    last_message_at: datetime


def place(account: Account, fresh: list[Arrival]) -> tuple[list[int], dict[int, str]]:
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
    made = dict(zip(servers, new_ids("sync_thread", len(servers)), strict=True))
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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tie.digest, tie.by_hand,"
            " thread.id, thread.message_count, thread.state, thread.last_message_at"
            " FROM sync_threadreference tie JOIN sync_thread thread ON thread.id = tie.thread_id"
            " WHERE tie.account_id = %s AND tie.digest = ANY(%s)"
            # Nobody archives or deletes them between this look and the commit.
            " ORDER BY thread.id FOR NO KEY UPDATE OF thread",
            [account.pk, list(digests)],
        )
        rows = cursor.fetchall()
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
