"""Batches of fetched messages into PostgreSQL: one transaction each, repeatable.

The account's row is locked for the length of the transaction, so what is looked up stays true
until the commit, and a batch that was stored before changes nothing when it comes again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection, transaction

from sync import deleting, ledger, placing, rows, summaries
from sync.arrival import Arrival
from sync.copying import copy_blobs, copy_lines, new_ids
from sync.copytext import digest
from sync.models import Account

_MESSAGE = (
    *("id", "account_id", "thread_id", "dedupe_key", "arrived_at", "size", "direction", "seen"),
    *rows.MESSAGE,
)


def store(account: Account, arrivals: Sequence[Arrival], *, restore: bool = False) -> int:
    """Store a batch and mark its ledger rows as stored; returns how many messages were new.

    What was deleted here is not stored again but to `restore` it.
    """
    with transaction.atomic():
        _lock(account)
        here, damaged, buried = _messages_here(account, arrivals)
        if buried and not restore:
            ledger.mark_deleted(_pairs(arrivals, buried))
            arrivals = [arrival for arrival in arrivals if arrival.dedupe_key not in buried]
            buried = {}
        unread = {arrival.dedupe_key for arrival in arrivals if arrival.rows.problem}
        mended = {key: damaged.pop(key) for key in damaged.keys() - unread}
        here |= damaged
        _make_room(buried.values(), mended.values())
        fresh, copies = _once_each(arrivals, here)
        if fresh:
            threads, made = placing.place(account, fresh)
            here |= _insert(account, fresh, threads, buried | mended)
            summaries.make_and_refresh(account, made, set(threads))
        _mark_stored(fresh, here)
        ledger.mark_mended(mended.values())
        ledger.mark_copies(_pairs(copies, here))
    return len(fresh)


def _lock(account: Account) -> None:
    Account.objects.select_for_update(no_key=True).only("id").get(pk=account.pk)


def _messages_here(
    account: Account, arrivals: Iterable[Arrival]
) -> tuple[dict[bytes, int], dict[bytes, int], dict[bytes, int]]:
    """Ids of the messages that are here, of those of which only a part could be read, and of the
    tombstones of those that were here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dedupe_key, id, tombstone_since IS NOT NULL, quality = 'stub' FROM sync_message"
            " WHERE account_id = %s AND dedupe_key = ANY(%s)",
            [account.pk, [arrival.dedupe_key for arrival in arrivals]],
        )
        found = cursor.fetchall()
    here: dict[bytes, int] = {}
    damaged: dict[bytes, int] = {}
    buried: dict[bytes, int] = {}
    for key, message, tombstone, stub in found:
        (buried if tombstone else damaged if stub else here)[bytes(key)] = message
    return here, damaged, buried


def _make_room(tombstones: Collection[int], mended: Collection[int]) -> None:
    """For rows with the same ids, of messages that come back."""
    if not tombstones and not mended:
        return
    with connection.cursor() as cursor:
        for statement in deleting.PARTS:
            cursor.execute(statement, [list(mended)])
        cursor.execute("DELETE FROM sync_message WHERE id = ANY(%s)", [[*tombstones, *mended]])


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


def _insert(
    account: Account, fresh: list[Arrival], threads: list[int], again: Mapping[bytes, int]
) -> dict[bytes, int]:
    """Their ids; those that come back have theirs `again`."""
    ids = new_ids("sync_message", len(fresh))
    numbered = [
        (again.get(arrival.dedupe_key, number), arrival)
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
