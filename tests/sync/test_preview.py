"""What a past sync would bring, beside what it then brings."""

from typing import Any

import pytest

from contacts.models import Contact
from sync import deleting, inquiries, preview
from sync.models import Account, Inquiry, Message, Run
from tests.sync.mailbox import Mailbox, letter

pytestmark = pytest.mark.needs("dovecot")


def ask(mailbox: Mailbox, months: int, scope: str = "everyone", restore: bool = False) -> Inquiry:
    asked = preview.asked_for(months, scope, restore)
    inquiry = inquiries.ask(mailbox.account, Inquiry.Kind.PREVIEW, asked)
    inquiries.answer(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.DONE, inquiry.problem
    return inquiry


def counts(inquiry: Inquiry) -> tuple[int, int]:
    return inquiry.answer["messages"], inquiry.answer["with_contacts"]


@pytest.fixture
def busy(mailbox: Mailbox) -> Mailbox:
    """New mail synced; past mail of strangers and of one contact, in two folders, at the server."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    mailbox.deliver("new")
    for number, days in enumerate((10, 20, 60, 200, 500)):
        mailbox.deliver(f"stranger{number}", days=days)
    mailbox.deliver("ewa", "Work", days=25, sender="ewa@klient.example")
    mailbox.deliver("to-ewa", "Sent", days=80, sender="me@crm.example", to="ewa@klient.example")
    mailbox.deliver("junk", "Junk", days=5)
    mailbox.first_sync()
    return mailbox


@pytest.mark.parametrize(
    ("months", "scope", "expected"),
    [
        (1, "everyone", (3, 1)),
        (3, "everyone", (5, 2)),
        (12, "everyone", (6, 2)),
        (12, "contacts", (2, 2)),
    ],
)
def test_it_counts_what_the_sync_then_brings(
    busy: Mailbox, months: int, scope: str, expected: tuple[int, int]
) -> None:
    found = ask(busy, months, scope)
    assert counts(found) == expected
    before = Message.objects.count()
    busy.past_sync(months, scope)
    assert Message.objects.count() - before == expected[0]
    brought = Message.objects.exclude(message_id="new@mail.example")
    assert found.answer["size"] == sum(brought.values_list("size", flat=True))
    assert found.answer["seconds"] > 0
    assert counts(ask(busy, months, scope)) == (0, 0)


def test_only_what_is_missing_is_counted(busy: Mailbox) -> None:
    busy.past_sync(1)
    found = ask(busy, 3)
    assert counts(found) == (2, 1)
    # Neither is more than that asked of the server.
    assert found.total == 2
    busy.past_sync(3, "contacts")
    assert counts(ask(busy, 3)) == (1, 0)


def test_a_mail_in_two_folders_is_counted_once_and_a_copy_of_what_is_here_not_at_all(
    busy: Mailbox,
) -> None:
    busy.deliver("stranger0", "Work", days=10)
    busy.deliver("new", "Work", days=10)
    found = ask(busy, 1)
    assert counts(found) == (3, 1)
    assert found.answer["deleted"] == 0


def test_what_was_deleted_counts_only_where_it_is_restored(busy: Mailbox) -> None:
    busy.past_sync(1)
    deleting.bury([Message.objects.get(message_id="ewa@mail.example").pk])
    assert counts(ask(busy, 1)) == (0, 0)
    restored = ask(busy, 1, restore=True)
    assert counts(restored) == (1, 1)
    busy.past_sync(1, restore=True)
    assert "ewa" in busy.letters


def test_it_asks_for_the_chosen_labels_only(busy: Mailbox) -> None:
    busy.deliver("flagged", days=12, flags=("Klienci",))
    busy.sync()
    busy.labels("Klienci")
    assert counts(ask(busy, 1)) == (1, 0)


def test_a_withdrawn_question_is_not_answered(busy: Mailbox) -> None:
    asked = preview.asked_for(1, "everyone", False)
    first = inquiries.ask(busy.account, Inquiry.Kind.PREVIEW, asked)
    assert inquiries.ask(busy.account, Inquiry.Kind.PREVIEW, asked) == first
    second = inquiries.ask(
        busy.account, Inquiry.Kind.PREVIEW, preview.asked_for(3, "everyone", False)
    )
    inquiries.answer(first.pk)
    inquiries.answer(second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.answer) == ("cancelled", {})
    assert second.state == "done"


def test_a_server_that_is_away_is_said(busy: Mailbox) -> None:
    Account.objects.update(port=1)
    inquiry = inquiries.ask(
        busy.account, Inquiry.Kind.PREVIEW, preview.asked_for(1, "everyone", False)
    )
    inquiries.answer(inquiry.pk)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.problem) == ("failed", "connection_refused")
    assert inquiries.newest(busy.account, Inquiry.Kind.PREVIEW).first() == inquiry


def test_a_worker_that_died_is_replaced(busy: Mailbox) -> None:
    asked = preview.asked_for(1, "everyone", False)
    inquiry = inquiries.ask(busy.account, Inquiry.Kind.PREVIEW, asked)
    assert inquiries.lost() == []
    long_ago = inquiry.created_at - inquiries.LOST_AFTER - inquiries.LOST_AFTER
    Inquiry.objects.update(state=Inquiry.State.RUNNING, created_at=long_ago, heard_at=long_ago)
    assert inquiries.lost() == [inquiry.pk]
    inquiries.answer(inquiry.pk)
    assert inquiries.lost() == []
    inquiry.refresh_from_db()
    assert counts(inquiry) == (3, 1)


def test_looking_changes_nothing(busy: Mailbox) -> None:
    busy.deliver("late", days=3.5)
    runs_before = Run.objects.count()
    ledger = busy.ledger()
    ask(busy, 12)
    assert (Run.objects.count(), busy.ledger()) == (runs_before, ledger)


def test_large_mail_is_counted_by_what_is_fetched_of_it(busy: Mailbox) -> None:
    busy.deliver("large", raw=letter("large", text="x" * 70 + "\r\n") * 4000, days=9)
    answer: dict[str, Any] = ask(busy, 1).answer
    assert answer["fetched"] < answer["size"]
