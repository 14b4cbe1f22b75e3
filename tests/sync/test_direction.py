"""Sent is what comes from the account's own addresses, and what lies where sent mail lies."""

import pytest

from sync.models import Message
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


@pytest.mark.parametrize(
    ("sender", "folder", "direction"),
    [
        ("jan@firma.example", "INBOX", "received"),
        ("me@crm.example", "INBOX", "sent"),
        ("Me@CRM.example", "INBOX", "sent"),
        ("an-alias@elsewhere.example", "Sent", "sent"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["at first", "later"])
def test_it_is_told_by_the_sender_and_by_the_place(
    mailbox: Mailbox, sender: str, folder: str, direction: str, first: bool
) -> None:
    """A first sync asks for the content at once, a look for what is new asks for headers first."""
    if not first:
        mailbox.first_sync()
    mailbox.deliver("a", folder, sender=sender)
    if first:
        mailbox.first_sync()
    mailbox.sync()
    assert Message.objects.get().direction == direction
