"""Deleted mail never returns by itself, whatever happens to it at the server."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from sync import bulk
from sync.deleting import bury, catch_up, delete_for_good, empty_trash
from sync.models import BulkAction, Message, MessageBody, Thread
from tests.sync.mailbox import Mailbox
from tests.sync.test_engine import renumber

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def deleted(mailbox: Mailbox) -> Mailbox:
    """Of the letters "kept" and "deleted" the second was deleted in the CRM."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("kept")
    mailbox.deliver("deleted")
    mailbox.first_sync()
    bury([Message.objects.get(message_id="deleted@mail.example").pk])
    return mailbox


def test_nothing_of_it_is_left_but_its_key(deleted: Mailbox) -> None:
    assert deleted.letters == ["kept"]
    assert MessageBody.objects.count() == 1
    tombstone = Message.objects.exclude(tombstone_since=None).get()
    assert (tombstone.subject, tombstone.thread.state) == ("", Thread.State.EMPTY)
    assert sorted(deleted.ledger().values()) == ["deleted", "stored"]


@pytest.mark.parametrize("verb", ["COPY", "MOVE"])
def test_a_copy_at_the_server_is_recorded_and_not_fetched(deleted: Mailbox, verb: str) -> None:
    deleted.command("deleted", verb, "Work")
    deleted.sync()
    assert deleted.letters == ["kept"]
    assert list(deleted.ledger("Work").values()) == ["deleted"]


def test_renumbering_does_not_bring_it_back(deleted: Mailbox) -> None:
    renumber(deleted)
    deleted.sync()
    assert deleted.letters == ["kept"]
    assert sorted(deleted.ledger().values()) == ["deleted", "stored"]


def test_a_past_sync_leaves_it_deleted(deleted: Mailbox) -> None:
    deleted.past_sync(1)
    assert deleted.letters == ["kept"]


@pytest.mark.parametrize("scope", ["everyone", "contacts"])
def test_a_past_sync_that_meets_another_copy_leaves_it_deleted(
    deleted: Mailbox, scope: str
) -> None:
    Contact.objects.create(name="Jan").add_address("jan@firma.example")
    deleted.deliver("deleted", days=20)
    deleted.past_sync(1, scope)
    assert deleted.letters == ["kept"]
    assert sorted(deleted.ledger().values()) == ["deleted", "deleted", "stored"]


def test_a_past_sync_that_restores_brings_it_back_whole(deleted: Mailbox) -> None:
    deleted.past_sync(1, restore=True)
    assert deleted.letters == ["deleted", "kept"]
    message = Message.objects.get(message_id="deleted@mail.example")
    assert message.body.text.strip() == "Text of deleted"
    assert message.thread.state == Thread.State.INBOX
    assert sorted(deleted.ledger().values()) == ["stored", "stored"]


def test_a_past_sync_restores_nothing_outside_of_its_window(mailbox: Mailbox) -> None:
    mailbox.deliver("recent", days=10)
    mailbox.deliver("old", days=50)
    mailbox.first_sync()
    mailbox.past_sync(3)
    bury(Message.objects.values_list("pk", flat=True))
    mailbox.past_sync(1, restore=True)
    assert mailbox.letters == ["recent"]
    mailbox.past_sync(3, restore=True)
    assert mailbox.letters == ["old", "recent"]


def test_the_trash_is_emptied_after_its_days(mailbox: Mailbox) -> None:
    for name in ("long", "short", "kept"):
        mailbox.deliver(name)
    mailbox.first_sync()
    for name, days in {"long": 31, "short": 29}.items():
        thread = Message.objects.get(message_id=f"{name}@mail.example").thread
        thread.state, thread.trashed_at = Thread.State.TRASHED, timezone.now() - timedelta(days)
        thread.save()
    empty_trash(30)
    assert catch_up(60)
    assert mailbox.letters == ["kept", "short"]


def test_a_past_sync_that_restores_waits_for_what_is_still_being_deleted(mailbox: Mailbox) -> None:
    """Else what waits to be emptied would look as if it were here, and be emptied afterwards."""
    names = ["one", "two", "kept"]
    for name in names:
        mailbox.deliver(name)
    mailbox.first_sync()
    one, two = (Message.objects.get(message_id=f"{name}@mail.example") for name in names[:2])
    Thread.objects.filter(pk__in=[one.thread_id, two.thread_id]).update(state=Thread.State.TRASHED)
    # The one is queued; the other is a slice that no worker has taken yet.
    delete_for_good(mailbox.account.owner, Thread.objects.filter(pk=one.thread_id))
    action = BulkAction.objects.create(
        owner=mailbox.account.owner, to=bulk.GONE, as_of=timezone.now() + timedelta(1), total=1
    )
    action.slices.create(was=Thread.State.TRASHED, threads=[two.thread_id])
    mailbox.past_sync(1, restore=True)
    assert catch_up(60)
    assert mailbox.letters == sorted(names)
    assert set(mailbox.ledger().values()) == {"stored"}
    assert Message.objects.get(message_id="two@mail.example").body.text.strip() == "Text of two"
    states = Thread.objects.exclude(message_count=0).values_list("state", flat=True)
    assert set(states) == {Thread.State.INBOX}
