"""Deleting for good: a message's content goes, its key stays as a tombstone.

Conversations disappear in one statement (of many, sync.bulk makes slices) and are queued; their
mail is emptied behind that, in batches, by whoever comes first: the worker, a batch of new mail
that would reopen one, or a run that restores (sync.restoring).

The tombstone keeps deleted mail from coming back by itself: sync goes on recording copies of it
at the server, and never its content. Only a past sync that restores lifts it (see sync.store).
"""

import time
from collections.abc import Collection, Iterable
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync import summaries
from sync.models import Account, Burial, Thread

# Conversations that are emptied in one transaction.
_BATCH = 200
_BURY = """
WITH gone AS (
    UPDATE sync_thread SET state = 'empty', trashed_at = NULL, message_count = 0, unread_count = 0
    WHERE id = ANY(%s) RETURNING id
) INSERT INTO sync_burial (thread) SELECT id FROM gone ON CONFLICT DO NOTHING
"""
# Those that are to be emptied: all of a conversation that is gone; where new mail has reopened
# it, what had been deleted before.
_QUEUED = """
SELECT message.id FROM sync_message message JOIN sync_thread thread ON thread.id = thread_id
WHERE thread_id = ANY(%s) AND (thread.state = 'empty' OR tombstone_since IS NOT NULL)
"""
# What belongs to messages, by their ids; what refers to others goes first.
PARTS = (
    "DELETE FROM sync_attachmentcontent USING sync_attachment file"
    " WHERE file.id = attachment_id AND file.message_id = ANY(%s)",
    "DELETE FROM sync_attachment WHERE message_id = ANY(%s)",
    "DELETE FROM sync_participant WHERE message_id = ANY(%s)",
    "DELETE FROM sync_messagebody WHERE message_id = ANY(%s)",
    "DELETE FROM sync_searchentry WHERE message_id = ANY(%s)",
    "DELETE FROM sync_searchbacklog WHERE message_id = ANY(%s)",
)
_EMPTY = (
    *PARTS,
    "UPDATE sync_ledgerentry SET state = 'left_out', reason = 'deleted', problem = ''"
    " WHERE message_id = ANY(%s) AND state <> 'left_out'",
    "UPDATE sync_message SET tombstone_since = now(), subject = '', from_name = '',"
    " from_address = '', snippet = '', has_attachments = false WHERE id = ANY(%s)"
    " AND tombstone_since IS NULL",
)


def delete_for_good(owner: User, threads: QuerySet[Thread]) -> int:
    """Delete the owner's conversations among `threads` that are in the trash; how many."""
    return _bury(threads.filter(owner=owner, state=Thread.State.TRASHED))


def empty_trash(days: int) -> None:
    """Delete for good what has lain in the trash for so many days; `catch_up` does the rest."""
    long_ago = timezone.now() - timedelta(days=days)
    _bury(Thread.objects.filter(state=Thread.State.TRASHED, trashed_at__lte=long_ago))


@transaction.atomic
def _bury(threads: QuerySet[Thread]) -> int:
    # Locked in one order, so that two people's or workers' updates cannot wait in a ring.
    found = sorted(threads.order_by().values_list("pk", flat=True).select_for_update(no_key=True))
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_BURY, [found])
    return len(found)


def backlog() -> bool:
    """Does deleted mail wait to be emptied?"""
    return Burial.objects.exists()


def catch_up(seconds: float) -> bool:
    """Empty what is queued for so long; whether nothing is left."""
    queued = Burial.objects.select_for_update(skip_locked=True)
    return _empty_for(seconds, queued)


def catch_up_with(account: Account, seconds: float) -> bool:
    """The same for one account; what another worker is at is waited for."""
    threads = Thread.objects.filter(account=account)
    queued = Burial.objects.filter(thread__in=threads.values("pk")).select_for_update()
    return _empty_for(seconds, queued)


def _empty_for(seconds: float, queued: QuerySet[Burial]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _empty_some(queued):
            return True
    return False


@transaction.atomic
def _empty_some(queued: QuerySet[Burial]) -> int:
    threads = list(queued.order_by("thread").values_list("thread", flat=True)[:_BATCH])
    # A batch of new mail that reopens one of them waits here, or we for it.
    list(Thread.objects.filter(pk__in=threads).order_by("pk").select_for_update(no_key=True))
    _empty(threads)
    return len(threads)


def finish(threads: Iterable[int]) -> None:
    """Empty at once what is queued of these, before new mail comes to them."""
    wanted = list(threads)
    if wanted:
        queued = Burial.objects.filter(thread__in=wanted).order_by("thread").select_for_update()
        _empty(list(queued.values_list("thread", flat=True)))


def _empty(threads: list[int]) -> None:
    if threads:
        with connection.cursor() as cursor:
            cursor.execute(_QUEUED, [threads])
            messages = [message for (message,) in cursor.fetchall()]
        bury(messages)
        Burial.objects.filter(thread__in=threads).delete()


@transaction.atomic
def bury(messages: Collection[int]) -> None:
    """Empty these messages; a conversation of which nothing is left shows nowhere."""
    with connection.cursor() as cursor:
        for statement in _EMPTY:
            cursor.execute(statement, [list(messages)])
        cursor.execute(
            "SELECT DISTINCT thread_id FROM sync_message WHERE id = ANY(%s)", [list(messages)]
        )
        threads = [thread for (thread,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE sync_thread thread SET state = 'empty', message_count = 0, unread_count = 0,"
            " subject = '', snippet = '', people = '[]' WHERE id = ANY(%s) AND NOT EXISTS ("
            "SELECT FROM sync_message message WHERE message.thread_id = thread.id"
            " AND message.tombstone_since IS NULL)",
            [threads],
        )
    summaries.refresh(threads)
