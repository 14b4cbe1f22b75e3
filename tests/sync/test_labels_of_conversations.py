"""Which conversation lies in which folder, kept by the database whatever changes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sync.models import Account, Folder, LedgerEntry, Thread, ThreadFolder
from tests.site.conftest import NOW, mail, make_account, receive


@pytest.fixture
def account(db: None) -> Account:
    return make_account(User.objects.create_user("anna"), "me@crm.example")


@pytest.fixture
def clients(account: Account) -> Folder:
    return Folder.objects.create(account=account, raw_name=b"Clients", name="Clients")


def copy(folder: Folder, message: int, uid: int) -> LedgerEntry:
    return LedgerEntry.objects.create(
        folder=folder,
        uidvalidity=1,
        uid=uid,
        arrived_at=NOW + timedelta(minutes=uid),
        size=1,
        message_id=message,
        state=LedgerEntry.State.STORED,
    )


def pairs() -> set[tuple[str, str]]:
    rows = ThreadFolder.objects.values_list("folder__name", "thread__subject")
    return {(folder, thread.removeprefix("About ")) for folder, thread in rows}


def test_a_stored_message_is_in_its_folder(account: Account) -> None:
    receive(account, mail("one", "text"), 1)
    receive(account, mail("two", "text"), 2)
    assert pairs() == {("INBOX", "one"), ("INBOX", "two")}


def test_a_copy_comes_and_goes(account: Account, clients: Folder) -> None:
    message = receive(account, mail("one", "text"), 1)
    copies = [copy(clients, message.pk, uid) for uid in (1, 2)]
    assert pairs() == {("INBOX", "one"), ("Clients", "one")}
    LedgerEntry.objects.filter(pk=copies[0].pk).update(expunged_at=timezone.now())
    assert ("Clients", "one") in pairs()
    LedgerEntry.objects.filter(pk=copies[1].pk).update(expunged_at=timezone.now())
    assert pairs() == {("INBOX", "one")}
    LedgerEntry.objects.filter(pk=copies[1].pk).update(expunged_at=None)
    assert ("Clients", "one") in pairs()
    LedgerEntry.objects.filter(folder=clients).delete()
    assert pairs() == {("INBOX", "one")}


def test_it_follows_a_message_to_another_conversation(account: Account, clients: Folder) -> None:
    one = receive(account, mail("one", "text"), 1)
    two = receive(account, mail("two", "text"), 2)
    copy(clients, two.pk, 7)
    two.thread = one.thread
    two.save()
    assert pairs() == {("INBOX", "one"), ("Clients", "one")}


def test_it_goes_with_its_conversation_folder_and_account(
    account: Account, clients: Folder
) -> None:
    one = receive(account, mail("one", "text"), 1)
    receive(account, mail("two", "text"), 2)
    copy(clients, one.pk, 7)
    Thread.objects.get(subject="About two").delete()
    assert pairs() == {("INBOX", "one"), ("Clients", "one")}
    clients.delete()
    assert pairs() == {("INBOX", "one")}
    account.delete()
    assert pairs() == set()
