"""Contacts that change relink the mail that is already here, both ways, whatever there is of it."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.importing import Duplicates, judge, write
from contacts.lines import Line
from contacts.models import Contact
from sync.models import Account, Thread
from tests.sync.mailbox import Mailbox

# Messages from a sender, and as many to it, each in a conversation of its own.
_MAIL = """
WITH conversation AS (
    INSERT INTO sync_thread (account_id, owner_id, server_thread, state, subject, snippet, people,
        last_message_at, message_count, unread_count, has_attachments, has_sent, from_contact,
        to_contact)
    SELECT id, owner_id, '', 'inbox', '', '', '[]', now(), 0, 0, false, false, false, false
    FROM sync_account, generate_series(1, %(count)s) RETURNING id, account_id
), message AS (
    INSERT INTO sync_message (account_id, thread_id, dedupe_key, message_id, subject, from_name,
        from_address, snippet, arrived_at, size, direction, quality, seen, has_attachments)
    SELECT account_id, id, decode(md5(id::text), 'hex'), '', '', '', %(sender)s, '', now(), 1,
        CASE WHEN id %% 2 = 0 THEN 'received' ELSE 'sent' END, 'good', true, false
    FROM conversation RETURNING id, thread_id
)
INSERT INTO sync_participant (message_id, role, position, name, address)
SELECT id, CASE WHEN thread_id %% 2 = 0 THEN 'from' ELSE 'to' END, 0, '', %(sender)s FROM message
"""


@pytest.mark.needs("dovecot")
def test_a_new_address_links_its_mail_and_without_it_the_link_goes(mailbox: Mailbox) -> None:
    mailbox.deliver("a", sender="ewa@klient.example")
    mailbox.first_sync()
    contact = Contact.objects.create(name="Ewa")
    assert not Thread.objects.get().from_contact
    contact.add_address("Ewa@Klient.example")
    assert Thread.objects.get().from_contact
    contact.delete()
    assert not Thread.objects.get().from_contact


@pytest.fixture
def owner(db: None) -> User:
    owner = User.objects.create_user("anna")
    Account.objects.create(owner=owner, address="me@x.pl", own_addresses=["me@x.pl"], host="h")
    return owner


def receive(sender: str, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_MAIL, {"sender": sender, "count": count})


def linked() -> tuple[int, int]:
    threads = Thread.objects
    return threads.filter(from_contact=True).count(), threads.filter(to_contact=True).count()


def test_ten_thousand_messages_need_no_more_queries_than_one(owner: User) -> None:
    receive("one@k.pl", 2)
    receive("many@k.pl", 10_000)
    counts: dict[str, list[int]] = {}
    for sender in ("one@k.pl", "many@k.pl"):
        contact = Contact.objects.create(name=sender)
        for verb in (contact.add_address, contact.remove_address):
            with CaptureQueriesContext(connection) as queries:
                verb(sender)
            counts.setdefault(sender, []).append(len(queries))
            expected = (1, 1) if sender == "one@k.pl" else (5_000, 5_000)
            assert linked() == (expected if verb == contact.add_address else (0, 0))
    assert counts["many@k.pl"] == counts["one@k.pl"]


def test_a_merge_and_an_import_relink_all_at_once(owner: User) -> None:
    for number in range(50):
        receive(f"p{number}@k.pl", 4)
    with CaptureQueriesContext(connection) as one:
        write(judge([Line(2, "P", "", ["p0@k.pl"])]), Duplicates.LEAVE)
    with CaptureQueriesContext(connection) as many:
        lines = [Line(n + 2, f"P{n}", "", [f"p{n}@k.pl"]) for n in range(1, 50)]
        write(judge(lines), Duplicates.LEAVE)
    assert linked() == (100, 100)
    assert len(many) == len(one)
    first, second = Contact.objects.order_by("pk")[:2]
    second.merge_into(first)
    assert linked() == (100, 100)
    Contact.objects.all().delete()
    assert linked() == (0, 0)
