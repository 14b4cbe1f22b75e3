"""Removing an account: what goes, what stays, and that nothing is half removed."""

import pytest

from contacts.models import Contact
from sync import deleting, engine, inquiries, removing
from sync.leases import claim
from sync.models import Account, Folder, Inquiry, LedgerEntry, Message, Run, Thread
from tests.site.conftest import mail as written
from tests.site.conftest import make_account, receive
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def full(mailbox: Mailbox) -> Mailbox:
    Contact.objects.create(name="Jan").add_address("jan@firma.example")
    for number in range(5):
        mailbox.deliver(f"letter{number}")
    mailbox.first_sync()
    deleting.bury([Message.objects.order_by("pk")[0].pk])
    other = make_account(mailbox.account.owner, "other@crm.example")
    receive(other, written("theirs", "stays"))
    return mailbox


def test_all_of_the_account_goes_and_nothing_else(full: Mailbox) -> None:
    inquiries.ask(full.account, Inquiry.Kind.CHECK, {})
    told = removing.going(full.account)
    assert (told.conversations, told.messages) == (4, 4)
    removing.begin(full.account)
    assert removing.waiting() == [full.account.pk]
    assert not removing.remove_some(full.account.pk, 60)
    assert [account.address for account in Account.objects.all()] == ["other@crm.example"]
    assert (Message.objects.count(), Thread.objects.count()) == (1, 1)
    assert (Folder.objects.count(), LedgerEntry.objects.count()) == (1, 1)
    assert (Run.objects.count(), Inquiry.objects.count()) == (0, 0)
    assert Contact.objects.count() == 1
    assert len(full.uids()) == 5


def test_it_goes_on_where_it_was_cut_off(full: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "_MESSAGES", 2)
    removing.begin(full.account)
    rounds = 0
    while removing.remove_some(full.account.pk, 0):
        rounds += 1
    assert rounds > 2
    assert not Account.objects.filter(pk=full.account.pk).exists()


def test_it_waits_for_whoever_has_the_account_and_nobody_syncs_it_any_more(full: Mailbox) -> None:
    removing.begin(full.account)
    lease = claim(full.account.pk, "somebody")
    assert lease
    assert removing.waiting() == []
    assert not removing.remove_some(full.account.pk, 60)
    lease.release()
    assert not engine.work(full.account.pk, "test", 5)
    assert Message.objects.filter(account=full.account).count() == 5
    assert not removing.remove_some(full.account.pk, 60)
    assert not Account.objects.filter(pk=full.account.pk).exists()


def test_an_account_that_is_not_to_go_stays(full: Mailbox) -> None:
    assert not removing.remove_some(full.account.pk, 60)
    assert Message.objects.filter(account=full.account).count() == 5
