"""Deleted mail never returns by itself, whatever happens to it at the server."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sync.deleting import bury, catch_up, empty_trash
from sync.models import Message, MessageBody, Thread
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


def test_a_past_sync_that_restores_brings_it_back_whole(deleted: Mailbox) -> None:
    deleted.past_sync(1, restore=True)
    assert deleted.letters == ["deleted", "kept"]
    message = Message.objects.get(message_id="deleted@mail.example")
    assert message.body.text.strip() == "Text of deleted"
    assert message.thread.state == Thread.State.INBOX
    assert sorted(deleted.ledger().values()) == ["stored", "stored"]


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
