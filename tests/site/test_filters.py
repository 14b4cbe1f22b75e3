"""The filter menu: contacts, unread, attachments, labels; and marking as read and unread."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contacts.models import Contact
from sync import marking
from sync.models import Account, Folder, LedgerEntry, Message, Thread
from tests.site.conftest import mail, make_account, receive


@pytest.fixture
def threads(account: Account) -> dict[str, Thread]:
    """One with mail from a contact, one with mail to a contact, one with neither."""
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    receive(account, mail("from", "text", sender="Ewa <ewa@klient.example>"), 1)
    receive(account, mail("to", "text"), 2)
    receive(account, mail("neither", "text"), 3)
    Thread.objects.filter(subject="About to").update(to_contact=True, has_attachments=True)
    return {row.subject.removeprefix("About "): row for row in Thread.objects.all()}


def shown(client: Client, query: str) -> list[str]:
    page = client.get(f"/inbox/?{query}").context["page"]
    return [thread.subject.removeprefix("About ") for thread in page.threads]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter=from-contact", ["from"]),
        ("filter=to-contact", ["to"]),
        ("filter=no-contact", ["neither"]),
        ("filter=attachments", ["to"]),
        ("filter=unread", ["neither", "to", "from"]),
        ("filter=nonsense&label=x&account=-1", ["neither", "to", "from"]),
    ],
)
def test_a_filter_keeps(
    client: Client, threads: dict[str, Thread], query: str, names: list[str]
) -> None:
    assert shown(client, query) == names


def test_a_label_keeps_its_mail_and_shows_as_a_chip(
    client: Client, account: Account, threads: dict[str, Thread]
) -> None:
    folder = Folder.objects.create(account=account, raw_name=b"Offers", name="Offers", uidnext=2)
    copy = LedgerEntry.objects.get(uid=3)
    LedgerEntry.objects.create(
        folder=folder,
        uidvalidity=1,
        uid=1,
        state=copy.state,
        message=copy.message,
        arrived_at=copy.arrived_at,
        size=1,
    )
    assert shown(client, f"label={folder.pk}") == ["neither"]
    chip = '<span class="chip chip-label">Offers</span>'
    page = client.get("/inbox/").content.decode()
    assert page.count(chip) == 1
    assert f"label={folder.pk}" in page
    # What could be read only in part is here all the same.
    folder.ledger.update(state=LedgerEntry.State.FAILED, problem="message_damaged")
    assert client.get("/inbox/").content.decode().count(chip) == 1
    assert shown(client, f"label={folder.pk}") == ["neither"]
    folder.ledger.update(state=LedgerEntry.State.LEFT_OUT, reason="deleted", problem="")
    assert chip not in client.get("/inbox/").content.decode()


def test_the_labels_of_others_show_nothing(client: Client, account: Account) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"))
    assert shown(client, f"label={Folder.objects.get().pk}") == []


def test_marking_as_read_and_unread_can_be_undone(
    client: Client, threads: dict[str, Thread]
) -> None:
    pk = threads["from"].pk
    said = client.post("/inbox/move/", {"to": "read", "thread": [pk]}, follow=True)
    assert "1 conversation marked as read." in said.content.decode()
    assert shown(client, "filter=unread") == ["neither", "to"]
    action = str(next(iter(said.context["messages"])).extra_tags)
    client.post(f"/undo/{action}/")
    assert shown(client, "filter=unread") == ["neither", "to", "from"]
    client.post(
        "/inbox/move/?filter=unread", {"to": "read", "all": "1", "as_of": "2100-01-01T00:00Z"}
    )
    assert shown(client, "filter=unread") == []
    client.post("/inbox/move/", {"to": "unread", "thread": [pk]})
    assert shown(client, "filter=unread") == ["from"]
    again = client.post("/inbox/move/", {"to": "unread", "thread": [pk]}, follow=True)
    assert "They are marked so already." in again.content.decode()


def test_opening_a_conversation_reads_it(client: Client, threads: dict[str, Thread]) -> None:
    page = client.get(f"/conversations/{threads['from'].pk}/").content.decode()
    assert "Mark as unread" in page
    assert shown(client, "filter=unread") == ["neither", "to"]


def test_nobody_marks_the_mail_of_others(anna: User, account: Account) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, mail("secret", "text"))
    assert marking.mark(anna, Thread.objects.all(), seen=True).count == 0
    assert not Message.objects.get().seen
