"""Moving conversations to the archive, to the trash and back: CRM Inbox's own state.

The mailbox at the provider is untouched. Conversations that come from one state are one statement,
and can be undone as a whole; of more than about a thousand, sync.bulk makes slices.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync import changes
from sync.models import Move, Thread

State = Thread.State
# Where a person can put conversations.
PLACES = (State.INBOX, State.ARCHIVED, State.TRASHED)
UNDO_DAYS = 1

# Locked in one order, so that two people's or workers' updates cannot wait in a ring.
_PUT = """
WITH locked AS (
    SELECT id FROM sync_thread
    WHERE id = ANY(%(threads)s) AND owner_id = %(owner)s AND state = %(was)s
    ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE sync_thread thread SET state = %(to)s,
        trashed_at = CASE WHEN %(to)s = 'trashed' THEN now() END
    FROM locked WHERE thread.id = locked.id RETURNING thread.id
)
SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM moved
"""


@dataclass(frozen=True)
class Moved:
    """`action` undoes it; `count` is the number of conversations that are elsewhere now."""

    action: uuid.UUID
    count: int


@transaction.atomic
def move(owner: User, threads: QuerySet[Thread], to: Thread.State) -> Moved:
    """Put the owner's conversations among `threads` into `to`; those that are there stay."""
    action, count = uuid.uuid4(), 0
    found: dict[str, list[int]] = {}
    for state, pk in threads.filter(owner=owner).order_by().values_list("state", "pk"):
        found.setdefault(state, []).append(pk)
    for was in PLACES:
        if was != to and was in found:
            moved = _put(owner, found[was], was, to)
            if moved:
                Move.objects.create(action=action, owner=owner, was=was, became=to, threads=moved)
            count += len(moved)
    return Moved(action, count)


def undo(owner: User, action: uuid.UUID) -> int:
    """Put everything that the action moved, and nobody moved since, back; how many those are."""
    count = 0
    while (changed := undo_slice(owner, action)) is not None:
        count += changed.count
    return count


@dataclass(frozen=True)
class Undone:
    """Of a slice with so many conversations, `count` are as they were."""

    looked_at: int
    count: int


@transaction.atomic
def undo_slice(owner: User, action: uuid.UUID) -> Undone | None:
    """Put back a part of what an action moved; None where nothing is left of it."""
    moves = Move.objects.select_for_update(skip_locked=True).filter(owner=owner, action=action)
    done = moves.order_by("pk").first()
    if done is None:
        return None
    back = _put(owner, done.threads, State(done.became), State(done.was))
    done.delete()
    return Undone(len(done.threads), len(back))


def forget_old() -> None:
    """What was done days ago is not undone any more."""
    Move.objects.filter(at__lt=timezone.now() - timedelta(days=UNDO_DAYS)).delete()


def _put(owner: User, threads: Collection[int], was: Thread.State, to: Thread.State) -> list[int]:
    """Those of the conversations that were still in `was`."""
    ids, before, after = list(threads), was.value, to.value
    with connection.cursor() as cursor:
        cursor.execute(_PUT, {"threads": ids, "owner": owner.pk, "was": before, "to": after})
        (moved,) = cursor.fetchone()
    if moved:
        changes.tell(owner.pk)
    return list(moved)
