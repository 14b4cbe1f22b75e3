"""Marking conversations as read or unread, here: the mail server is never told.

What somebody reads or marks in another mail program comes in with the flags (see sync.flags).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync import changes
from sync.models import Marking, Message, Thread
from sync.moving import UNDO_DAYS, Moved, Undone

_SET_SEEN = "UPDATE sync_message SET seen = %s WHERE id = ANY(%s)"
_COUNT_UNREAD = """
UPDATE sync_thread thread SET unread_count = (
    SELECT count(*) FROM sync_message message WHERE message.thread_id = thread.id
    AND NOT seen AND direction = 'received' AND tombstone_since IS NULL
) WHERE id = ANY(%s)
"""


@transaction.atomic
def mark(
    owner: User, threads: QuerySet[Thread], *, seen: bool, action: uuid.UUID | None = None
) -> Moved:
    """Mark the owner's conversations among `threads`; those that are so already stay.

    Read is a conversation all of whose messages are; unread becomes the newest received one.
    `action` is given where it is a slice of a larger one.
    """
    others = (
        threads.filter(owner=owner, unread_count__gt=0)
        if seen
        else threads.filter(owner=owner, unread_count=0)
    )
    # Locked in one order, so that two people's or workers' updates cannot wait in a ring.
    ordered = others.order_by("pk").values_list("pk", flat=True)
    picked = list(ordered.select_for_update(no_key=True))
    received = Message.objects.filter(
        thread__in=picked, tombstone_since=None, direction=Message.Direction.RECEIVED
    )
    if seen:
        changing = received.filter(seen=False)
    else:
        changing = received.order_by("thread", "-arrived_at", "-pk").distinct("thread")
    done = Marking(action=action or uuid.uuid4(), owner=owner, seen=seen)
    pairs = list(changing.values_list("pk", "thread_id"))
    done.messages = [message for message, _thread in pairs]
    count = _set_seen(owner, done.messages, {thread for _message, thread in pairs}, seen)
    if count:
        done.save(force_insert=True)
    return Moved(done.action, count)


def undo(owner: User, action: uuid.UUID) -> int:
    """Mark the other way what the action marked; how many conversations those are."""
    count = 0
    while (changed := undo_slice(owner, action)) is not None:
        count += changed.count
    return count


@transaction.atomic
def undo_slice(owner: User, action: uuid.UUID) -> Undone | None:
    """Mark a part of what an action marked the other way; None where nothing is left of it."""
    markings = Marking.objects.select_for_update(skip_locked=True)
    done = markings.filter(owner=owner, action=action).order_by("pk").first()
    if done is None:
        return None
    marked = Message.objects.filter(pk__in=done.messages, seen=done.seen)
    threads = set(marked.values_list("thread_id", flat=True))
    done.delete()
    count = _set_seen(owner, done.messages, threads, not done.seen)
    return Undone(count, count)


def forget_old() -> None:
    """What was marked days ago is not undone any more."""
    Marking.objects.filter(at__lt=timezone.now() - timedelta(days=UNDO_DAYS)).delete()


def _set_seen(owner: User, messages: Collection[int], threads: Collection[int], seen: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_SET_SEEN, [seen, list(messages)])
        cursor.execute(_COUNT_UNREAD, [sorted(threads)])
    if threads:
        changes.tell(owner.pk)
    return len(threads)
