"""Batches in the database: conversations, contacts, and nothing doubled when they come again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from contacts.models import Contact
from sync import rows, summaries
from sync.arrival import Arrival
from sync.models import Account, Folder, LedgerEntry, Message, Participant, Thread
from sync.parse import Unread
from sync.rows import MessageRows
from sync.store import store

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ME = "anna@demo.example"


@pytest.fixture
def folder() -> Folder:
    account = Account.objects.create(
        owner=User.objects.create_user("anna"),
        address=ME,
        own_addresses=[ME],
        host="imap.demo.example",
        username="anna",
    )
    return Folder.objects.create(account=account, raw_name=b"INBOX", name="INBOX")


def arrival(
    folder: Folder,
    uid: int,
    name: str,
    references: str = "",
    *,
    sender: str = "jan@firma.example",
    subject: str = "",
    read: Callable[[Unread], MessageRows] = rows.read,
) -> Arrival:
    raw = (
        f"From: Jan Żółw <{sender}>\r\nTo: {ME if sender != ME else 'jan@firma.example'}\r\n"
        f"Subject: {subject or 'Offer ' + name}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        f"Message-ID: <{name}@x.example>\r\nReferences: {references}\r\n\r\nText of {name}\r\n"
    ).encode()
    at = NOW + timedelta(minutes=uid)
    entry = LedgerEntry.objects.create(
        folder=folder, uidvalidity=1, uid=uid, arrived_at=at, size=len(raw)
    )
    of = read(Unread(raw, len(raw), at))
    return Arrival(
        [entry.pk],
        of.key,
        of,
        at,
        len(raw),
        seen=False,
        direction="sent" if sender == ME else "received",
    )


def test_a_copy_that_could_be_read_goes_before_one_that_could_not(folder: Folder) -> None:
    copies = [arrival(folder, 1, "a", read=rows.unreadable), arrival(folder, 2, "a")]
    store(folder.account, copies)
    assert Message.objects.get().quality == Message.Quality.GOOD
    assert set(LedgerEntry.objects.values_list("state", "problem")) == {("stored", "")}


def test_it_stores_a_message_with_everything_a_list_shows(folder: Folder) -> None:
    assert store(folder.account, [arrival(folder, 1, "a")]) == 1
    message, thread = Message.objects.get(), Thread.objects.get()
    assert (message.subject, message.from_name, message.body.text.strip()) == (
        "Offer a",
        "Jan Żółw",
        "Text of a",
    )
    assert (thread.subject, thread.people, thread.message_count, thread.unread_count) == (
        "Offer a",
        ["Jan Żółw"],
        1,
        1,
    )
    assert LedgerEntry.objects.get().message == message


def test_whoever_connected_the_account_speaks_without_a_name(folder: Folder) -> None:
    store(
        folder.account,
        [
            arrival(folder, 1, "a"),
            arrival(folder, 2, "b", "<a@x.example>", sender=ME),
            arrival(folder, 3, "c", sender=ME),
        ],
    )
    people = Thread.objects.order_by("-message_count").values_list("people", flat=True)
    assert list(people) == [["Jan Żółw", None], [None]]


def test_it_changes_nothing_when_a_batch_comes_again(folder: Folder) -> None:
    batch = [arrival(folder, 1, "a"), arrival(folder, 2, "b", "<a@x.example>")]
    store(folder.account, batch)
    before = [list(model.objects.order_by("pk").values()) for model in (Message, Thread)]
    assert store(folder.account, batch) == 0
    assert [list(model.objects.order_by("pk").values()) for model in (Message, Thread)] == before


def test_it_keeps_one_message_of_many_copies(folder: Folder) -> None:
    copies = [arrival(folder, uid, "same") for uid in (1, 2, 3)]
    assert store(folder.account, copies[:2]) == 1
    assert store(folder.account, copies[2:]) == 0
    assert Message.objects.get().copies.count() == 3


def test_it_joins_a_parent_that_comes_after_its_replies(folder: Folder) -> None:
    store(folder.account, [arrival(folder, 3, "c", "<b@x.example>")])
    store(folder.account, [arrival(folder, 4, "z", "<a@x.example>")])
    assert Thread.objects.count() == 2
    store(folder.account, [arrival(folder, 2, "b", "<a@x.example>")])
    thread = Thread.objects.get()
    assert (thread.message_count, thread.subject) == (3, "Offer b")


def test_it_ties_nothing_by_the_subject_alone(folder: Folder) -> None:
    both = [arrival(folder, 1, "a", subject="Offer"), arrival(folder, 2, "b", subject="Re: Offer")]
    store(folder.account, both)
    assert Thread.objects.count() == 2


def test_it_takes_the_same_mail_in_two_accounts_for_two_messages(folder: Folder) -> None:
    other = Account.objects.create(
        owner=folder.account.owner, address="sales@demo.example", host="b", username="sales"
    )
    place = Folder.objects.create(account=other, raw_name=b"INBOX", name="INBOX")
    for one in (folder, place):
        assert store(one.account, [arrival(one, 1, "a")]) == 1
        assert store(one.account, [arrival(one, 2, "b", "<a@x.example>")]) == 1
    assert [thread.message_count for thread in Thread.objects.all()] == [2, 2]
    assert len(set(Message.objects.values_list("account", "dedupe_key"))) == 4


def test_it_marks_only_conversations_with_mail_received_from_a_contact(folder: Folder) -> None:
    contact = Contact.objects.create(name="Jan")
    contact.add_address("jan@firma.example")
    store(folder.account, [arrival(folder, 1, "out", sender=ME)])
    thread = Thread.objects.get()
    assert (thread.from_contact, thread.to_contact) == (False, True)
    store(folder.account, [arrival(folder, 2, "in", "<out@x.example>")])
    thread.refresh_from_db()
    assert (thread.from_contact, thread.to_contact) == (True, True)


def test_it_never_counts_the_accounts_own_address_as_a_contact(folder: Folder) -> None:
    Contact.objects.create(name="Anna").add_address(ME)
    store(folder.account, [arrival(folder, 1, "a"), arrival(folder, 2, "b", sender=ME)])
    assert not Thread.objects.filter(from_contact=True).exists()
    assert not Thread.objects.filter(to_contact=True).exists()


def test_it_works_out_the_flags_again_when_addresses_change(folder: Folder) -> None:
    store(folder.account, [arrival(folder, 1, "a")])
    contact = Contact.objects.create(name="Jan")
    address = contact.add_address("jan@firma.example")
    summaries.refresh_for_addresses({"jan@firma.example"})
    assert Thread.objects.get().from_contact
    address.delete()
    summaries.refresh_for_addresses({"jan@firma.example"})
    assert not Thread.objects.get().from_contact


def test_it_keeps_who_took_part(folder: Folder) -> None:
    store(folder.account, [arrival(folder, 1, "a")])
    assert set(Participant.objects.values_list("role", "address")) == {
        ("from", "jan@firma.example"),
        ("to", ME),
    }
