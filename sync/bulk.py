"""One click on any number of conversations.

Up to AT_ONCE are done within the request. More are cut into slices, whose ids are kept in a table:
what the person saw is what is done, whatever comes meanwhile. Each slice is one transaction that
does the work, notes how to undo it and takes itself away, so that the work can stop anywhere, go
on anywhere, and twice at a time. Deleting for good is such work, too, and the one without undo.

    act ── slices ──> work: a second within the request ──> sync.tasks.bulk ──> finished
                                     undo: drop the slices that are left, put the moves back
"""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from sync import changes, deleting, marking, moving
from sync.models import BulkAction, BulkSlice, Marking, Move, Thread

AT_ONCE = 1000
SLICE = 10_000
# A worker that has not been heard of for so long is gone.
STUCK_AFTER = timedelta(seconds=30)
# What conversations can be marked as, and whether their messages are seen then.
MARKS = {"read": True, "unread": False}
CHOICES = (*moving.PLACES, *MARKS)
# Where only conversations of the trash can go, and nothing comes back from.
GONE = Thread.State.EMPTY

# The newest first: they are what people are looking at.
_CUT = """
INSERT INTO sync_bulkslice (action_id, was, threads)
SELECT %s, state, array_agg(id) FROM (
    SELECT id, state, (row_number() OVER (PARTITION BY state ORDER BY id DESC) - 1) / %s AS slice
    FROM ({}) found
) numbered WHERE state = ANY(%s) GROUP BY state, slice ORDER BY slice, state
"""

# A slice is one statement, which sends no ids about. Its rows are found by the primary key, so
# that they are locked in the order of their ids, as everybody locks them.
_IN_ORDER = "SET LOCAL enable_bitmapscan TO off; SET LOCAL enable_seqscan TO off"
_MOVE = """
WITH part AS (
    DELETE FROM sync_bulkslice WHERE id = (
        SELECT id FROM sync_bulkslice WHERE action_id = %(action)s
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING was, threads
), moved AS (
    UPDATE sync_thread thread SET state = %(to)s,
        trashed_at = CASE WHEN %(to)s = 'trashed' THEN now() END
    FROM part WHERE thread.id = ANY(part.threads) AND thread.owner_id = %(owner)s
    AND thread.state = part.was AND thread.last_message_at <= %(as_of)s
    RETURNING thread.id
), noted AS (
    INSERT INTO sync_move (action, owner_id, at, was, became, threads)
    SELECT %(action)s, %(owner)s, now(), part.was, %(to)s, ids
    FROM part, (SELECT array_agg(id ORDER BY id) AS ids FROM moved) told WHERE ids IS NOT NULL
)
SELECT cardinality(threads), (SELECT count(*) FROM moved) FROM part
"""


def act(owner: User, threads: QuerySet[Thread], to: str, as_of: datetime) -> BulkAction:
    """Put the owner's conversations among `threads` where `to` says, or mark them; what is in
    the trash can be GONE.

    The outcome is saved only where something is left to do for `work`.
    """
    ours = threads.filter(owner=owner)
    few = list(ours.order_by().values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(few) > AT_ONCE:
        return _cut(owner, ours, to, as_of)
    done = _at_once(owner, Thread.objects.filter(pk__in=few), to)
    return BulkAction(
        action=done.action,
        owner=owner,
        to=to,
        total=len(few),
        done=len(few),
        changed=done.count,
        finished_at=timezone.now(),
    )


def _at_once(owner: User, threads: QuerySet[Thread], to: str) -> moving.Moved:
    if to == GONE:
        return moving.Moved(uuid.uuid4(), deleting.delete_for_good(owner, threads))
    if to in MARKS:
        return marking.mark(owner, threads, seen=MARKS[to])
    return moving.move(owner, threads, Thread.State(to))


def work(action: uuid.UUID, seconds: float) -> bool:
    """Do slices for about so long, at least one; True where some are left."""
    deadline = time.monotonic() + seconds
    while _step(action):
        if time.monotonic() >= deadline:
            return True
    return False


def undo(owner: User, action: uuid.UUID) -> BulkAction:
    """Put back what the action did; of a large one only the beginning, the rest is for `work`."""
    large = BulkAction.objects.filter(owner=owner, action=action).exclude(to=GONE)
    if _turn_back(large):
        return large.get()
    count = moving.undo(owner, action) or marking.undo(owner, action)
    return BulkAction(
        action=action,
        owner=owner,
        undoing=True,
        changed=count,
        finished_at=timezone.now(),
    )


def under_way(owner: User) -> QuerySet[BulkAction]:
    """What the owner has begun and is not yet done."""
    return BulkAction.objects.filter(owner=owner, finished_at=None).order_by("created_at")


def stuck() -> QuerySet[BulkAction]:
    """What is not done and has not been heard of for a while: its worker is gone."""
    long_ago = timezone.now() - STUCK_AFTER
    return BulkAction.objects.filter(finished_at=None, touched_at__lt=long_ago)


def forget_old() -> None:
    """What was done days ago is not undone any more."""
    long_ago = timezone.now() - timedelta(days=moving.UNDO_DAYS)
    BulkAction.objects.filter(finished_at__lt=long_ago).delete()


@transaction.atomic
def _cut(owner: User, threads: QuerySet[Thread], to: str, as_of: datetime) -> BulkAction:
    bulk = BulkAction.objects.create(owner=owner, to=to, as_of=as_of)
    from_where = [Thread.State.TRASHED] if to == GONE else moving.PLACES
    states = [state.value for state in from_where if state != to]
    sql, values = threads.order_by().values("id", "state").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_CUT.format(sql), [bulk.pk, SLICE, *values, states])
        cursor.execute(
            "UPDATE sync_bulkaction SET total = (SELECT coalesce(sum(cardinality(threads)), 0)"
            " FROM sync_bulkslice WHERE action_id = action) WHERE action = %s RETURNING total",
            [bulk.pk],
        )
        (bulk.total,) = cursor.fetchone()
    return bulk


def _step(action: uuid.UUID) -> bool:
    """The next slice, forwards or back; False where there is none."""
    with transaction.atomic():
        bulk = BulkAction.objects.filter(pk=action, finished_at=None).first()
        if bulk is None:
            return False
        looked_at = _undo_slice(bulk) if bulk.undoing else _do_slice(bulk)
        if looked_at is None:
            _finish(bulk)
            return False
    return True


def _do_slice(bulk: BulkAction) -> int | None:
    return _other_slice(bulk) if bulk.to in MARKS or bulk.to == GONE else _move_slice(bulk)


def _move_slice(bulk: BulkAction) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER)
        cursor.execute(
            _MOVE,
            {
                "action": bulk.pk,
                "owner": bulk.owner_id,
                "to": bulk.to,
                "as_of": bulk.as_of,
            },
        )
        found = cursor.fetchone()
    return _note(bulk, *found) if found else None


def _other_slice(bulk: BulkAction) -> int | None:
    part = bulk.slices.select_for_update(skip_locked=True).order_by("pk").first()
    if part is None:
        return None
    threads = Thread.objects.filter(pk__in=part.threads, last_message_at__lte=bulk.as_of)
    if bulk.to == GONE:
        changed = deleting.delete_for_good(bulk.owner, threads)
    else:
        changed = marking.mark(bulk.owner, threads, seen=MARKS[bulk.to], action=bulk.pk).count
    part.delete()
    return _note(bulk, len(part.threads), changed)


def _undo_slice(bulk: BulkAction) -> int | None:
    back = moving.undo_slice(bulk.owner, bulk.pk) or marking.undo_slice(bulk.owner, bulk.pk)
    return _note(bulk, back.looked_at, back.count) if back else None


def _note(bulk: BulkAction, looked_at: int, changed: int) -> int:
    """A step that an undo has overtaken does not count towards the undo."""
    BulkAction.objects.filter(pk=bulk.pk, undoing=bulk.undoing).update(
        done=F("done") + looked_at, changed=F("changed") + changed, touched_at=timezone.now()
    )
    changes.tell(bulk.owner_id)
    return looked_at


def _finish(bulk: BulkAction) -> None:
    """Another worker may still be at the last slice: then it is the one that finishes."""
    if not _has_more(bulk):
        unfinished = BulkAction.objects.filter(pk=bulk.pk, undoing=bulk.undoing)
        unfinished.filter(finished_at=None).update(finished_at=timezone.now())
        changes.tell(bulk.owner_id)


def _has_more(bulk: BulkAction) -> bool:
    if not bulk.undoing:
        return bulk.slices.exists()
    done = (model.objects.filter(action=bulk.pk) for model in (Move, Marking))
    return any(rows.exists() for rows in done)


@transaction.atomic
def _turn_back(large: QuerySet[BulkAction]) -> bool:
    """Whatever is at a slice now is waited for, and what it did is put back, too."""
    bulk = large.first()
    if bulk is None or bulk.undoing:
        return bulk is not None
    BulkSlice.objects.filter(action=bulk).delete()
    large.update(
        undoing=True,
        total=F("changed"),
        done=0,
        changed=0,
        touched_at=timezone.now(),
        finished_at=None,
    )
    return True
