"""Contacts that change relink the mail that is already here, both ways."""

import pytest

from contacts.models import Contact
from sync.models import Thread
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


def test_a_new_address_links_its_mail_and_without_it_the_link_goes(mailbox: Mailbox) -> None:
    mailbox.deliver("a", sender="ewa@klient.example")
    mailbox.first_sync()
    contact = Contact.objects.create(name="Ewa")
    assert not Thread.objects.get().from_contact
    contact.add_address("Ewa@Klient.example")
    assert Thread.objects.get().from_contact
    contact.delete()
    assert not Thread.objects.get().from_contact
