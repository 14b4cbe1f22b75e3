"""An account on the page Email sync: its state, its troubles, its period, its removal."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from sync import engine, removing
from sync.models import Account, Inquiry, Run
from tests.imap.dovecot import PASSWORD
from tests.site.conftest import make_account
from tests.site.test_email_sync import synced as synced
from tests.site.test_email_sync import text
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


def test_a_person_pauses_and_resumes(synced: Client, mailbox: Mailbox) -> None:
    path = f"/email-sync/{mailbox.account.pk}/state/"
    synced.post(path, {"state": "on_hold"})
    assert "Paused by you" in text(synced, "/email-sync/")
    mailbox.deliver("later")
    assert not engine.work(mailbox.account.pk, "test", 5)
    synced.post(path, {"state": "active"})
    mailbox.sync()
    assert mailbox.letters == ["later", "new"]
    assert synced.post(path, {"state": "removing"}).status_code == 400


def test_what_an_administrator_paused_stays_paused(synced: Client, mailbox: Mailbox) -> None:
    Account.objects.update(state=Account.State.PAUSED)
    page = text(synced, "/email-sync/")
    assert "Paused by an administrator" in page
    assert "until your administrator resumes it" in page
    synced.post(f"/email-sync/{mailbox.account.pk}/state/", {"state": "active"})
    synced.post(f"/email-sync/{mailbox.account.pk}/password/", {"password": PASSWORD})
    mailbox.account.refresh_from_db()
    assert mailbox.account.state == Account.State.PAUSED


@pytest.mark.parametrize(
    ("problem", "said", "next_step"),
    [
        ("authentication_refused", "Password refused, sign in again", "Enter the password"),
        ("timed_out", "The mail server did not answer in time.", "Try now"),
        ("certificate_rejected", "could not prove its identity", "Check the server"),
        ("disk_full", "The disk of this site is full", "make room"),
        ("no_reader", "The program that reads mail cannot start", "Tell your administrator"),
        ("throttled", "asked us to slow down", "The next try is in 5 minutes."),
    ],
)
def test_every_trouble_has_its_words_and_its_next_step(
    synced: Client, mailbox: Mailbox, problem: str, said: str, next_step: str
) -> None:
    refused = problem == "authentication_refused"
    Account.objects.update(
        problem=problem,
        failures=3,
        retry_at=timezone.now() + timedelta(minutes=5),
        state=Account.State.REFUSED if refused else Account.State.ACTIVE,
    )
    page = text(synced, "/email-sync/")
    assert said in page
    assert next_step in page


def test_a_full_disk_is_noted_and_the_sync_goes_on_afterwards(
    synced: Client, mailbox: Mailbox
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'No space left' USING ERRCODE = 'disk_full'; END $$;"
            " CREATE TRIGGER no_room BEFORE INSERT ON sync_ledgerentry EXECUTE FUNCTION no_room()"
        )
    try:
        mailbox.deliver("more")
        Account.objects.update(checked_at=None)
        engine.work(mailbox.account.pk, "test", 5)
        assert "The disk of this site is full" in text(synced, "/email-sync/")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room() CASCADE")
    Account.objects.update(retry_at=None)
    mailbox.sync()
    assert mailbox.letters == ["more", "new"]


def test_the_period_is_drawn_for_each_scope(synced: Client, mailbox: Mailbox) -> None:
    page = synced.get("/email-sync/").content.decode()
    assert 'class="year-everyone" x="362.0" width="3.0"' in " ".join(page.split())
    mailbox.past_sync(12, "contacts")
    page = text(synced, "/email-sync/")
    assert re.search(r"Only my contacts: since \d+ \w+ \d{4} Everyone: since", page)


def test_an_account_is_removed_after_saying_what_goes(synced: Client, mailbox: Mailbox) -> None:
    path = f"/email-sync/{mailbox.account.pk}/remove/"
    page = text(synced, path)
    assert "1 conversation, also from the archive and the trash" in page
    assert "The mailbox at the provider: it is not touched" in page
    synced.post(path)
    assert "Being removed" in text(synced, "/email-sync/")
    removing.remove_some(mailbox.account.pk, 60)
    assert "No mail account is connected" in text(synced, "/email-sync/")
    card = f"/email-sync/{mailbox.account.pk}/"
    assert synced.get(card, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert synced.get(card).status_code == 404


def test_a_server_that_moved_is_typed_in_and_everything_is_kept(
    synced: Client, mailbox: Mailbox
) -> None:
    Account.objects.update(port=1, problem="connection_refused")
    path = f"/email-sync/{mailbox.account.pk}/password/"
    page = synced.post(path, {"password": PASSWORD}).content.decode()
    assert "does not accept connections" in page
    synced.post(path, {"password": PASSWORD, "port": str(mailbox.dovecot.port)})
    mailbox.account.refresh_from_db()
    assert (mailbox.account.port, mailbox.account.problem) == (mailbox.dovecot.port, "")
    mailbox.sync()
    assert mailbox.letters == ["new"]


def test_nobody_looks_into_the_accounts_of_others(synced: Client) -> None:
    theirs = make_account(User.objects.create_user("jan"), "jan@crm.example")
    inquiry = Inquiry.objects.create(account=theirs, kind=Inquiry.Kind.FIND, asked={"words": "x"})
    for path in ("completeness/", "remove/"):
        assert synced.get(f"/email-sync/{theirs.pk}/{path}").status_code == 404
    for path in ("why/", "left-out/", "repair/", "state/", "past/preview/", "remove/"):
        assert synced.post(f"/email-sync/{theirs.pk}/{path}").status_code == 404
    assert synced.get(f"/email-sync/found/{inquiry.pk}/").status_code == 404
    for path in (f"found/{inquiry.pk}/import/", f"inquiries/{inquiry.pk}/"):
        assert synced.post(f"/email-sync/{path}", {"key": "x"}).status_code == 404
    assert not Run.objects.filter(account=theirs).exists()
