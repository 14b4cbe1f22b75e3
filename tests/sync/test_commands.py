"""The commands do in the foreground what the workers do."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sync.models import Account, Run
from tests.imap.dovecot import PASSWORD
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


@pytest.fixture
def connected(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    mailbox.account.delete()
    monkeypatch.setenv("IMAP_PASSWORD", PASSWORD)
    said("connect_account", "anna", "me@crm.example", *where(mailbox))
    mailbox.account = Account.objects.get()
    return mailbox


def where(mailbox: Mailbox) -> list[str]:
    host, port = mailbox.dovecot.host, str(mailbox.dovecot.port)
    return ["--host", host, "--port", port, "--security", "plain", "--username", mailbox.name]


def test_a_mailbox_is_connected_synced_and_shown(connected: Mailbox) -> None:
    connected.deliver("new")
    connected.deliver("old", days=100)
    assert "up to date" in said("sync_account", "me@crm.example")
    assert connected.letters == ["new"]
    said("sync_past", "me@crm.example", "6")
    assert connected.letters == ["new", "old"]
    shown = said("show_account", str(connected.account.pk))
    assert "INBOX: 2 Here" in shown
    assert "Past emails: Done, 1 of 1" in shown


def test_a_wrong_password_is_said_in_words_and_nothing_is_kept(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.account.delete()
    monkeypatch.setenv("IMAP_PASSWORD", "wrong")
    with pytest.raises(CommandError, match="refused the user name or the password"):
        said("connect_account", "anna", "me@crm.example", *where(mailbox))
    assert not Account.objects.exists()


def test_past_emails_wait_for_the_first_sync(connected: Mailbox) -> None:
    with pytest.raises(CommandError, match="first sync"):
        said("sync_past", "me@crm.example", "1")
    assert not Run.objects.filter(kind=Run.Kind.PAST).exists()


def test_an_account_that_is_not_there_is_named(connected: Mailbox) -> None:
    with pytest.raises(CommandError, match=r"nobody@crm\.example"):
        said("sync_account", "nobody@crm.example")


def test_it_looks_for_mail_that_came_a_moment_ago(connected: Mailbox) -> None:
    said("sync_account", "me@crm.example")
    connected.deliver("late", days=0)
    said("sync_account", "me@crm.example")
    assert connected.letters == ["late"]


def test_an_account_that_waits_for_its_next_try_is_tried_now(connected: Mailbox) -> None:
    Account.objects.update(port=1)
    with pytest.raises(CommandError, match="does not accept connections"):
        said("sync_account", "me@crm.example")
    Account.objects.update(port=connected.dovecot.port)
    assert "up to date" in said("sync_account", "me@crm.example")
