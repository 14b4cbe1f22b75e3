"""Splitting a message out of its conversation, and merging two, by hand.

Every message of the conversations concerned is pinned to where it is then (see sync.pinning), so
that neither headers nor the server's thread ids ever undo what a person decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from sync import conversations, summaries
from sync.models import Account, Message, Rearrangement, Thread, ThreadReference
from sync.moving import UNDO_DAYS

State = Thread.State
# What is in the trash is restored before anything else is done to it.
_LIVING = (State.INBOX, State.ARCHIVED)
_PIN = """
INSERT INTO sync_threadreference (account_id, digest, thread_id, by_hand)
SELECT %s, digest, thread, true FROM unnest(%s::bytea[], %s::bigint[]) AS pin(digest, thread)
ON CONFLICT (account_id, digest) DO UPDATE SET thread_id = excluded.thread_id, by_hand = true
"""


class CannotRearrange(Exception):
    """The conversations are not such that this can be done; nothing has changed."""


@transaction.atomic
def split(message: Message) -> tuple[Rearrangement, Thread]:
    """Give a message a conversation of its own. Raises CannotRearrange for the only one in it."""
    message.account.lock()
    message.refresh_from_db()
    old = message.thread
    others = old.messages.filter(tombstone_since=None).exclude(pk=message.pk)
    if old.state not in _LIVING or message.tombstone_since or not others.exists():
        raise CannotRearrange
    new = Thread.objects.create(
        account=message.account,
        owner=old.owner,
        state=old.state,
        last_message_at=message.arrived_at,
    )
    done = _record(new, old.pk, new.pk, [message.pk])
    Message.objects.filter(pk=message.pk).update(thread=new)
    _pin_all(message.account, [old.pk])
    _pin_all(message.account, [new.pk])
    summaries.refresh([old.pk, new.pk])
    return done, new


@transaction.atomic
def merge(thread: Thread, into: Thread) -> Rearrangement:
    """Put all messages of `thread` into another conversation of the account.

    Raises CannotRearrange where they are the same, of two accounts, in the trash or gone.
    """
    thread.account.lock()
    pair = {row.pk: row for row in Thread.objects.filter(pk__in=(thread.pk, into.pk))}
    if len(pair) != 2 or thread.account_id != into.account_id:
        raise CannotRearrange
    if any(row.state not in _LIVING for row in pair.values()):
        raise CannotRearrange
    messages, ties = _contents(thread)
    done = _record(thread, thread.pk, into.pk, messages, ties, pair[thread.pk].state)
    _pour(thread.pk, into.pk, messages, ties)
    _empty(thread.pk)
    if pair[thread.pk].shared_at is None:
        # Private wins, as where mail ties two together (sync/placing.py).
        Thread.objects.filter(pk=into.pk).update(shared_at=None)
    _pin_all(thread.account, [into.pk])
    summaries.refresh([into.pk])
    return done


@transaction.atomic
def undo(owner: User, action: uuid.UUID) -> int:
    """Put the messages back; how many conversations are as they were, 0 where that is too late."""
    done = Rearrangement.objects.select_for_update().filter(owner=owner, action=action).first()
    if done is None:
        return 0
    done.delete()
    pair = {
        row.pk: row
        for row in Thread.objects.filter(pk__in=(done.from_thread, done.to_thread), owner=owner)
    }
    # The one that still has its messages may be deleted for good by now.
    full = pair.get(done.to_thread if done.was else done.from_thread)
    if len(pair) != 2 or full is None or full.state == State.EMPTY:
        return 0
    full.account.lock()
    if done.was:
        Thread.objects.filter(pk=done.from_thread).update(state=done.was)
        _pour(done.to_thread, done.from_thread, done.messages, done.ties)
        _pin_all(full.account, [done.from_thread])
    else:
        # What came to the new conversation meanwhile goes back with its first message.
        new = pair[done.to_thread]
        messages, ties = _contents(new)
        # As a merge leaves it: whoever has the address of the new one finds its messages.
        _record(new, new.pk, full.pk, messages, ties, new.state)
        _pour(new.pk, full.pk, messages, ties)
        _empty(new.pk)
    summaries.refresh([done.from_thread, done.to_thread])
    return 2


def pin(account: int, pins: Mapping[bytes, int]) -> None:
    """Tie digests to conversations, above whatever they were tied to."""
    if pins:
        with connection.cursor() as cursor:
            cursor.execute(_PIN, [account, list(pins), list(pins.values())])


def went_to(owner: User, thread: int) -> int | None:
    """The conversation that took the messages of one that was merged away by hand."""
    found = Rearrangement.objects.filter(owner=owner, from_thread=thread).exclude(was="")
    return found.order_by("-at").values_list("to_thread", flat=True).first()


def forget_old() -> None:
    """What was rearranged days ago is not undone any more, and what it emptied goes."""
    old = Rearrangement.objects.filter(at__lt=timezone.now() - timedelta(days=UNDO_DAYS))
    emptied = list(old.exclude(was="").values_list("from_thread", flat=True))
    gone = Thread.objects.filter(pk__in=emptied, state=State.EMPTY, messages=None, references=None)
    gone.delete()
    old.delete()


def _record(
    thread: Thread,
    source: int,
    target: int,
    messages: list[int],
    ties: Collection[int] = (),
    was: str = "",
) -> Rearrangement:
    return Rearrangement.objects.create(
        action=uuid.uuid4(),
        owner=thread.owner,
        from_thread=source,
        to_thread=target,
        messages=messages,
        ties=list(ties),
        was=was,
    )


def _contents(thread: Thread) -> tuple[list[int], list[int]]:
    """Ids of its messages and of its ties."""
    return (
        list(thread.messages.values_list("pk", flat=True)),
        list(thread.references.values_list("pk", flat=True)),
    )


def _pour(source: int, target: int, messages: list[int], ties: list[int]) -> None:
    """Of these messages and ties, those that are in `source` go to `target`."""
    Message.objects.filter(pk__in=messages, thread=source).update(thread=target)
    ThreadReference.objects.filter(pk__in=ties, thread=source).update(thread=target)


def _empty(thread: int) -> None:
    """A conversation without messages shows nowhere."""
    Thread.objects.filter(pk=thread).update(
        state=State.EMPTY, trashed_at=None, message_count=0, unread_count=0
    )


def _pin_all(account: Account, threads: list[int]) -> None:
    """Every message of these conversations stays where it is now, whatever comes."""
    rows = Message.objects.filter(thread__in=threads).values_list(
        "message_id", "dedupe_key", "thread"
    )
    pins = {
        digest: thread
        for message_id, key, thread in rows.iterator()
        for digest in _own_names(message_id, bytes(key))
    }
    pin(account.pk, pins)


def _own_names(message_id: str, dedupe_key: bytes) -> list[bytes]:
    of_header = conversations.ties(message_id, ())
    return conversations.names(of_header, bool(message_id), dedupe_key).own
