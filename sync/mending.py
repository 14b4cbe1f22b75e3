"""Messages of which only a part could be read before, and that can be read now.

They stay where they are, with their date and all that people did with them. Only what was read of
them is replaced.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db import connection

from sync import deleting, ledger, rows, summaries
from sync.arrival import Arrival
from sync.copying import copy_lines
from sync.copytext import together
from sync.models import Account, Message, Thread
from sync.store import insert_parts

_COLUMNS = ", ".join(rows.MESSAGE)
_TABLE = (
    f"CREATE TEMP TABLE mended AS SELECT id, {_COLUMNS}"  # noqa: S608 (our own names)
    " FROM sync_message WITH NO DATA"
)
_REPLACE = f"""
UPDATE sync_message message SET ({_COLUMNS}) = (SELECT {_COLUMNS} FROM mended
WHERE mended.id = message.id) WHERE id = ANY(%s)
"""  # noqa: S608 (only the constant above is put in)


def damaged(account: Account, arrivals: Iterable[Arrival]) -> dict[int, Arrival]:
    """Those of the arrivals that would mend a message that is here, by its id."""
    read = {arrival.dedupe_key: arrival for arrival in arrivals if not arrival.rows.problem}
    found = Message.objects.filter(
        account=account,
        dedupe_key__in=list(read),
        quality=Message.Quality.STUB,
        tombstone_since=None,
    )
    return {pk: read[bytes(key)] for pk, key in found.values_list("pk", "dedupe_key")}


def mend(account: Account, arrivals: Mapping[int, Arrival]) -> None:
    """`arrivals` are those of `damaged`. In a transaction of its own, whose locks come in the
    order of everybody else's.
    """
    account.lock()
    threads = _hold_threads(arrivals)
    stubs = Message.objects.filter(pk__in=arrivals, thread__in=threads, tombstone_since=None)
    mended = {pk: arrivals[pk] for pk in stubs.values_list("pk", flat=True)}
    if not mended:
        return
    with connection.cursor() as cursor:
        for statement in deleting.PARTS:
            cursor.execute(statement, [list(mended)])
        cursor.execute(_TABLE)
        copy_lines(
            "mended",
            ("id", *rows.MESSAGE),
            [together(b"%d" % pk, arrival.rows.message) for pk, arrival in mended.items()],
        )
        cursor.execute(_REPLACE, [list(mended)])
        cursor.execute("DROP TABLE mended")
    insert_parts(list(mended.items()))
    ledger.mark_mended(mended)
    summaries.refresh(threads)


def _hold_threads(messages: Collection[int]) -> list[int]:
    with_them = Message.objects.filter(pk__in=messages).values("thread")
    found = Thread.objects.filter(pk__in=with_them).order_by("pk")
    return list(found.values_list("pk", flat=True).select_for_update(no_key=True))
