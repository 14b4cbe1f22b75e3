"""Batches of fetched messages into PostgreSQL: one transaction each, repeatable.

The account's row is locked for the length of the transaction, so what is looked up stays true
until the commit, and a batch that was stored before changes nothing when it comes again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection, transaction

from sync import ledger, placing, rows, summaries
from sync.arrival import Arrival
from sync.copying import copy_blobs, copy_lines, new_ids
from sync.copytext import digest, together
from sync.models import Account

_MESSAGE = (
    *("id", "account_id", "thread_id", "dedupe_key", "arrived_at", "size", "direction", "seen"),
    *rows.MESSAGE,
)


def store(account: Account, arrivals: Sequence[Arrival], *, restore: bool = False) -> int:
    """Store a batch and mark its ledger rows; returns how many messages were new.

    What was deleted here is not stored again but to `restore` it.
    """
    with transaction.atomic():
        account.lock()
        here, buried = _messages_here(account, [arrival.dedupe_key for arrival in arrivals])
        if buried and restore:
            _lift_tombstones(buried.values())
        elif buried:
            ledger.mark_deleted(_pairs(arrivals, buried))
            arrivals = [arrival for arrival in arrivals if arrival.dedupe_key not in buried]
        fresh, copies = _once_each(arrivals, here)
        if fresh:
            threads, made = placing.place(account, fresh)
            here |= _insert(account, fresh, threads, buried)
            summaries.make_and_refresh(account, made, set(threads))
        _mark(fresh, here)
        ledger.mark_copies(_pairs(copies, here))
    return len(fresh)


def _messages_here(
    account: Account, keys: list[bytes]
) -> tuple[dict[bytes, int], dict[bytes, int]]:
    """Ids of the messages that are here, and of the tombstones of those that were."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dedupe_key, id, tombstone_since IS NOT NULL FROM sync_message"
            " WHERE account_id = %s AND dedupe_key = ANY(%s)",
            [account.pk, keys],
        )
        found = cursor.fetchall()
    here: dict[bytes, int] = {}
    buried: dict[bytes, int] = {}
    for key, message, tombstone in found:
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
    """The first of each message that is not here, one that could be read if there is one, and
    the others: one mail may lie in many folders, and a batch may come a second time.
    """
    first: dict[bytes, Arrival] = {}
    for arrival in sorted(arrivals, key=lambda arrival: bool(arrival.rows.problem)):
        if arrival.dedupe_key not in here:
            first.setdefault(arrival.dedupe_key, arrival)
    copies = [arrival for arrival in arrivals if first.get(arrival.dedupe_key) is not arrival]
    return list(first.values()), copies


def _insert(
    account: Account, fresh: list[Arrival], threads: list[int], buried: Mapping[bytes, int]
) -> dict[bytes, int]:
    ids = new_ids("sync_message", len(fresh))
    numbered = [
        (buried.get(arrival.dedupe_key, number), arrival)
        for number, arrival in zip(ids, fresh, strict=True)
    ]
    copy_lines(
        "sync_message",
        _MESSAGE,
        [
            together(_message(account, number, thread, arrival), arrival.rows.message)
            for (number, arrival), thread in zip(numbered, threads, strict=True)
        ],
    )
    insert_parts(numbered)
    return {arrival.dedupe_key: number for number, arrival in numbered}


def insert_parts(numbered: Sequence[tuple[int, Arrival]]) -> None:
    """All but the message's own row, by its id; what it is found by is indexed later."""
    of_message = [(b"%d" % number, arrival.rows) for number, arrival in numbered]
    copy_blobs(
        "sync_messagebody",
        ("message_id", "packed"),
        [(number, arrival.rows.body) for number, arrival in numbered],
    )
    copy_lines(
        "sync_participant",
        ("message_id", *rows.PARTICIPANT),
        [together(number, each) for number, of in of_message for each in of.participants],
    )
    copy_lines(
        "sync_attachment",
        ("message_id", *rows.ATTACHMENT),
        [together(number, each) for number, of in of_message for each in of.attachments],
    )
    copy_lines(
        "sync_searchbacklog",
        ("message_id", "arrived_at"),
        [f"{number}\t{arrival.arrived_at.isoformat()}".encode() for number, arrival in numbered],
    )


def _message(account: Account, number: int, thread: int, arrival: Arrival) -> bytes:
    # Nothing here needs to be escaped.
    return (
        f"{number}\t{account.pk}\t{thread}\t{digest(arrival.dedupe_key)}"
        f"\t{arrival.arrived_at.isoformat()}\t{arrival.size}\t{arrival.direction}"
        f"\t{'t' if arrival.seen else 'f'}"
    ).encode()


def _mark(arrivals: Iterable[Arrival], here: Mapping[bytes, int]) -> None:
    marks = [
        (entry, here[arrival.dedupe_key], arrival.rows.problem)
        for arrival in arrivals
        for entry in arrival.entries
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_ledgerentry entry SET state = mark.state, reason = '',"
            " problem = mark.problem, message_id = mark.message,"
            " tries = entry.tries + (mark.state = 'failed')::int"
            " FROM (SELECT *, CASE problem WHEN '' THEN 'stored' ELSE 'failed' END AS state"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS each(entry, message, problem)"
            ") AS mark WHERE entry.id = mark.entry"
            # As one value: of the state alone the statistics say that hardly a row differs, and
            # the planner would read the whole ledger for those few.
            " AND (entry.state, entry.message_id) IS DISTINCT FROM (mark.state, mark.message)",
            [list(column) for column in zip(*marks, strict=True)] or [[], [], []],
        )
