"""Moving conversations to the archive, to the trash and back: CRM Inbox's own state.

The mailbox at the provider is untouched. Any number of conversations is one UPDATE for each state
they come from, and can be undone as a whole.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Now
from django.utils import timezone

from sync.models import Move, Thread

State = Thread.State
# Where a person can put conversations.
PLACES = (State.INBOX, State.ARCHIVED, State.TRASHED)
UNDO_DAYS = 1


@dataclass(frozen=True)
class Moved:
    """`action` undoes it; `count` is the number of conversations that are elsewhere now."""

    action: uuid.UUID
    count: int


@transaction.atomic
def move(owner: User, threads: QuerySet[Thread], to: Thread.State) -> Moved:
    """Put the owner's conversations among `threads` into `to`; those that are there stay."""
    action, count = uuid.uuid4(), 0
    for was in PLACES:
        if was != to:
            found = threads.filter(owner=owner, state=was).order_by().values_list("pk", flat=True)
            # Locked in one order, so that two people's or workers' updates cannot wait in a ring.
            moved = sorted(found.select_for_update(no_key=True))
            if moved:
                _put(Thread.objects.filter(pk__in=moved), to)
                Move.objects.create(action=action, owner=owner, was=was, became=to, threads=moved)
                count += len(moved)
    return Moved(action, count)


@transaction.atomic
def undo(owner: User, action: uuid.UUID) -> int:
    """Put everything that the action moved, and nobody moved since, back; how many those are."""
    count = 0
    for done in Move.objects.select_for_update().filter(owner=owner, action=action):
        threads = Thread.objects.filter(owner=owner, pk__in=done.threads, state=done.became)
        count += _put(threads, State(done.was))
        done.delete()
    return count


def forget_old() -> None:
    """What was done days ago is not undone any more."""
    Move.objects.filter(at__lt=timezone.now() - timedelta(days=UNDO_DAYS)).delete()


def _put(threads: QuerySet[Thread], to: Thread.State) -> int:
    since = Now() if to == State.TRASHED else Value(None, output_field=DateTimeField())
    return threads.update(state=to, trashed_at=since)
