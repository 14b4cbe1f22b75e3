"""Deleting for good: a message's content goes, its key stays as a tombstone.

The tombstone keeps deleted mail from coming back by itself: sync goes on recording copies of it
at the server, and never its content. Only a past sync that restores lifts it (see sync.store).
"""

from collections.abc import Collection
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from sync import summaries
from sync.models import Message, Thread

# Messages that are emptied in one transaction.
_BATCH = 500
# Each by the messages' ids; what refers to others goes first.
_EMPTY = (
    "DELETE FROM sync_attachmentcontent USING sync_attachment file"
    " WHERE file.id = attachment_id AND file.message_id = ANY(%s)",
    "DELETE FROM sync_attachment WHERE message_id = ANY(%s)",
    "DELETE FROM sync_participant WHERE message_id = ANY(%s)",
    "DELETE FROM sync_messagebody WHERE message_id = ANY(%s)",
    "DELETE FROM sync_searchentry WHERE message_id = ANY(%s)",
    "DELETE FROM sync_searchbacklog WHERE message_id = ANY(%s)",
    "UPDATE sync_ledgerentry SET state = 'left_out', reason = 'deleted'"
    " WHERE message_id = ANY(%s) AND state = 'stored'",
    "UPDATE sync_message SET tombstone_since = now(), subject = '', from_name = '',"
    " from_address = '', snippet = '', has_attachments = false WHERE id = ANY(%s)"
    " AND tombstone_since IS NULL",
)


def empty_trash(days: int) -> None:
    """Bury what has lain in the trash for so many days."""
    long_ago = timezone.now() - timedelta(days=days)
    expired = Message.objects.filter(
        thread__state=Thread.State.TRASHED, thread__trashed_at__lte=long_ago, tombstone_since=None
    )
    while batch := list(expired.values_list("pk", flat=True)[:_BATCH]):
        bury(batch)


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
