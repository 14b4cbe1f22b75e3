"""Email sync: connecting a mailbox and what can be done with it, against a real mail server."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync.models import Account, Message, Run
from tests.imap.dovecot import PASSWORD
from tests.imap.scripted_server import scripted
from tests.site.conftest import make_account
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def visitor(mailbox: Mailbox) -> Client:
    """Signed in, with nothing connected yet."""
    mailbox.account.delete()
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    return client


def typed(mailbox: Mailbox, **changes: str) -> dict[str, str]:
    return {
        "address": "me@crm.example",
        "host": mailbox.dovecot.host,
        "port": str(mailbox.dovecot.port),
        "security": "plain",
        "username": mailbox.name,
        "password": PASSWORD,
        **changes,
    }


def test_the_wizard_leads_from_an_address_to_mail(visitor: Client, mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Klienci")
    mailbox.deliver("first")
    mailbox.deliver("work", "Klienci")
    found = visitor.post("/email-sync/add/", {"address": "me@crm.example"}, follow=True)
    assert "imap.crm.example" in found.content.decode()
    labels = visitor.post("/email-sync/add/server/", typed(mailbox), follow=True)
    page = labels.content.decode()
    assert "Klienci" in page
    assert "Only my contacts" not in page
    account = Account.objects.get()
    chosen = account.labels.get(name="Klienci").pk
    begun = visitor.post(
        f"/email-sync/{account.pk}/labels/", {"choice": "chosen", "label": [chosen]}
    )
    assert begun["Location"] == "/inbox/"
    mailbox.account = account
    mailbox.sync()
    assert mailbox.letters == ["work"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong"}, "refused the user name or the password"),
        ({"port": "1"}, "does not accept connections on this port"),
        ({"host": "nowhere.invalid"}, "There is no mail server with this name"),
        ({"port": "99999"}, "This is a number from 1 to 65535."),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_kept(
    visitor: Client, mailbox: Mailbox, changes: dict[str, str], said: str
) -> None:
    page = visitor.post("/email-sync/add/server/", typed(mailbox, **changes)).content.decode()
    assert said in page
    assert mailbox.name in page
    assert PASSWORD not in page
    assert not Account.objects.exists()


def test_the_connection_can_be_tested_before_anything_is_kept(
    visitor: Client, mailbox: Mailbox
) -> None:
    page = visitor.post("/email-sync/add/server/", typed(mailbox, test="yes"))
    assert "The connection works" in page.content.decode()
    assert not Account.objects.exists()


def test_a_mailbox_is_connected_once(visitor: Client, mailbox: Mailbox) -> None:
    visitor.post("/email-sync/add/server/", typed(mailbox))
    page = visitor.post("/email-sync/add/server/", typed(mailbox))
    assert "connected this mailbox already" in page.content.decode()


@pytest.fixture
def synced(mailbox: Mailbox) -> Client:
    mailbox.deliver("new")
    mailbox.deliver("old", days=20)
    mailbox.start()
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    return client


def test_past_emails_are_offered_only_after_the_first_sync(
    synced: Client, mailbox: Mailbox
) -> None:
    assert "Sync past emails" not in synced.get("/email-sync/").content.decode()
    mailbox.sync()
    page = synced.get("/email-sync/").content.decode()
    assert "Sync past emails" in page
    for interval in ("1 month", "3 months", "6 months", "1 year", "Only my contacts"):
        assert interval in page
    synced.post(f"/email-sync/{mailbox.account.pk}/past/", {"months": "1", "scope": "everyone"})
    assert "Pause" in synced.get("/email-sync/").content.decode()
    mailbox.sync()
    assert mailbox.letters == ["new", "old"]


def test_a_past_sync_is_paused_resumed_and_cancelled(synced: Client, mailbox: Mailbox) -> None:
    mailbox.sync()
    synced.post(f"/email-sync/{mailbox.account.pk}/past/", {"months": "1", "scope": "everyone"})
    run = Run.objects.get(kind=Run.Kind.PAST)
    for state in ("paused", "paused", "running", "cancelled"):
        synced.post(f"/email-sync/runs/{run.pk}/", {"state": state})
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    mailbox.sync()
    assert Message.objects.count() == 1


def test_a_refused_password_is_asked_for_and_everything_is_kept(
    synced: Client, mailbox: Mailbox
) -> None:
    mailbox.sync()
    Account.objects.update(state=Account.State.REFUSED, problem="authentication_refused")
    page = synced.get("/email-sync/").content.decode()
    assert "Password refused, sign in again" in page
    path = f"/email-sync/{mailbox.account.pk}/password/"
    assert "refused" in synced.post(path, {"password": "wrong"}).content.decode()
    synced.post(path, {"password": PASSWORD})
    mailbox.account.refresh_from_db()
    assert (mailbox.account.state, mailbox.account.problem) == ("active", "")
    assert mailbox.letters == ["new"]


def test_nobody_touches_the_accounts_of_others(synced: Client, mailbox: Mailbox) -> None:
    theirs = make_account(User.objects.create_user("jan"), "jan@crm.example")
    for path in ("", "labels/", "password/"):
        assert synced.get(f"/email-sync/{theirs.pk}/{path}").status_code == 404
    run = Run.objects.create(account=theirs, kind=Run.Kind.PAST)
    assert synced.post(f"/email-sync/runs/{run.pk}/", {"state": "paused"}).status_code == 404
    assert synced.post(f"/email-sync/{theirs.pk}/past/", {"months": "1"}).status_code == 404


def test_a_server_that_hangs_up_before_its_labels_are_known_is_said_and_not_kept(
    visitor: Client, mailbox: Mailbox
) -> None:
    with scripted(("LIST", lambda talk: talk.hang_up())) as server:
        page = visitor.post("/email-sync/add/server/", typed(mailbox, port=str(server.port)))
    said = page.content.decode()
    assert "The connection to the mail server was cut off." in said
    assert "Try again in a minute." in said
    assert "sync goes on by itself" not in said
    assert not Account.objects.exists()
