"""Which conversation lies in which folder, kept by the database whatever changes."""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from sync import bulk, deleting, moving
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
    """Each of which knows the state and the date of its conversation."""
    same = Q(state=F("thread__state"), last_message_at=F("thread__last_message_at"))
    assert not ThreadFolder.objects.exclude(same).exists()
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


def test_it_knows_what_becomes_of_a_conversation(account: Account, clients: Folder) -> None:
    one = receive(account, mail("one", "text"), 1)
    two = receive(account, mail("two", "text"), 2)
    copy(clients, one.pk, 7)
    everything = {("INBOX", "one"), ("Clients", "one"), ("INBOX", "two")}
    moving.move(account.owner, Thread.objects.all(), Thread.State.ARCHIVED)
    assert pairs() == everything
    answer = mail("answer", "text").replace(
        b"MIME-Version", b"References: <one@x.example>\r\nMIME-Version"
    )
    receive(account, answer, 30)
    assert pairs() == everything
    states = ThreadFolder.objects.filter(thread=one.thread_id).values_list("state", flat=True)
    assert set(states) == {Thread.State.INBOX}
    joint = answer.replace(b"<one@x.example>", b"<one@x.example> <two@x.example>")
    receive(account, joint.replace(b"<answer@", b"<joint@"), 31)
    assert {folder for folder, _ in pairs()} == {"INBOX", "Clients"}
    two.refresh_from_db()
    Thread.objects.update(state=Thread.State.TRASHED)
    pairs()
    deleting.delete_for_good(account.owner, Thread.objects.all())
    pairs()
    assert deleting.catch_up(60)
    assert pairs() == set()


def test_many_at_once_follow_after_few(account: Account) -> None:
    """The trigger's plan was made for few, and is kept for as long as the connection."""
    for number in range(1, 30):
        receive(account, mail(f"mail{number}", "text"), number)
    moving.move(account.owner, Thread.objects.all(), Thread.State.ARCHIVED)
    pairs()
    bulk.act(account.owner, Thread.objects.all(), "trashed", timezone.now())
    assert len(pairs()) == 29


@pytest.mark.django_db(transaction=True)
def test_a_copy_that_comes_while_its_conversation_is_archived_waits_for_that(
    account: Account, clients: Folder
) -> None:
    message = receive(account, mail("one", "text"), 1)
    comes = threading.Thread(target=_copy_elsewhere, args=(clients, message.pk))
    with transaction.atomic():
        Thread.objects.update(state=Thread.State.ARCHIVED)
        comes.start()
        _wait_until_somebody_waits()
    comes.join(60)
    assert pairs() == {("INBOX", "one"), ("Clients", "one")}


def _copy_elsewhere(folder: Folder, message: int) -> None:
    copy(folder, message, 7)
    connection.close()


def _wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() is not None:
                return
        time.sleep(0.05)
    pytest.fail("The copy did not wait.")
