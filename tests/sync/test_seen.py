"""What was read there is read here, whatever else happened to it before the next look."""

import pytest

from sync import marking
from sync.models import LedgerEntry, Message, Thread
from tests.sync.mailbox import Mailbox
from tests.sync.test_engine import renumber

pytestmark = pytest.mark.needs("dovecot")
READ = ("STORE", "+FLAGS", "(\\Seen)")


@pytest.fixture
def unread(mailbox: Mailbox) -> Mailbox:
    """One letter that nobody has read."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("a")
    mailbox.first_sync()
    assert not is_read()
    return mailbox


def is_read() -> bool:
    """In the list as on the message itself."""
    seen = Message.objects.get().seen
    assert Thread.objects.get().unread_count == int(not seen)
    return seen


@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_what_was_read_and_moved_between_two_looks_is_read(unread: Mailbox, verb: str) -> None:
    unread.command("a", *READ)
    unread.command("a", verb, "Work")
    unread.sync()
    assert is_read()


def test_what_was_read_before_its_folder_was_renumbered_is_read(unread: Mailbox) -> None:
    unread.command("a", *READ)
    renumber(unread)
    unread.sync()
    assert is_read()


@pytest.mark.parametrize("read", ["INBOX", "Sent"])
def test_a_copy_that_was_read_makes_its_message_read_in_a_first_sync(
    mailbox: Mailbox, read: str
) -> None:
    for folder in ("INBOX", "Sent"):
        mailbox.deliver("a", folder, flags=("\\Seen",) * (folder == read))
    mailbox.first_sync()
    assert LedgerEntry.objects.filter(state="stored").count() == 2
    assert is_read()


def test_two_copies_in_one_folder_of_which_one_was_read_are_read(unread: Mailbox) -> None:
    unread.deliver("a", "Work")
    unread.deliver("a", "Work", flags=("\\Seen",))
    unread.sync()
    assert is_read()


@pytest.mark.parametrize("happens", ["move", "renumbering"])
def test_what_was_marked_as_unread_here_stays_so_when_it_is_moved_there(
    unread: Mailbox, happens: str
) -> None:
    unread.command("a", *READ)
    unread.sync()
    marking.mark(unread.account.owner, Thread.objects.all(), seen=False)
    if happens == "move":
        unread.command("a", "MOVE", "Work")
    else:
        renumber(unread)
    unread.sync()
    assert not is_read()
