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

from sync.models import Marking, Message, Thread
from sync.moving import UNDO_DAYS, Moved

_COUNT_UNREAD = """
UPDATE sync_thread thread SET unread_count = (
    SELECT count(*) FROM sync_message message WHERE message.thread_id = thread.id
    AND NOT seen AND direction = 'received' AND tombstone_since IS NULL
) WHERE id = ANY(%s)
"""


@transaction.atomic
def mark(owner: User, threads: QuerySet[Thread], *, seen: bool) -> Moved:
    """Mark the owner's conversations among `threads`; those that are so already stay.

    Read is a conversation all of whose messages are; unread becomes the newest received one.
    """
    others = (
        threads.filter(owner=owner, unread_count__gt=0)
        if seen
        else threads.filter(owner=owner, unread_count=0)
    )
    # Locked in one order, so that two people's or workers' updates cannot wait in a ring.
    locked = others.order_by().values_list("pk", flat=True).select_for_update(no_key=True)
    picked = sorted(locked)
    received = Message.objects.filter(
        thread__in=picked, tombstone_since=None, direction=Message.Direction.RECEIVED
    )
    if seen:
        changing = received.filter(seen=False)
    else:
        changing = received.order_by("thread", "-arrived_at", "-pk").distinct("thread")
    done = Marking(action=uuid.uuid4(), owner=owner, seen=seen)
    pairs = list(changing.values_list("pk", "thread_id"))
    done.messages = [message for message, _thread in pairs]
    count = _set_seen(done.messages, {thread for _message, thread in pairs}, seen)
    if count:
        done.save(force_insert=True)
    return Moved(done.action, count)


@transaction.atomic
def undo(owner: User, action: uuid.UUID) -> int:
    """Mark the other way what the action marked; how many conversations those are."""
    done = Marking.objects.select_for_update().filter(owner=owner, action=action).first()
    if done is None:
        return 0
    marked = Message.objects.filter(pk__in=done.messages, seen=done.seen)
    threads = set(marked.values_list("thread_id", flat=True))
    done.delete()
    return _set_seen(done.messages, threads, not done.seen)


def forget_old() -> None:
    """What was marked days ago is not undone any more."""
    Marking.objects.filter(at__lt=timezone.now() - timedelta(days=UNDO_DAYS)).delete()


def _set_seen(messages: Collection[int], threads: Collection[int], seen: bool) -> int:
    Message.objects.filter(pk__in=messages).update(seen=seen)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_UNREAD, [sorted(threads)])
    return len(threads)
