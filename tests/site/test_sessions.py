"""Sessions: found by a digest, ended by people and administrators, forgotten when they are over."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm_inbox.invitations import Invitation
from crm_inbox.profiles import Profile
from crm_inbox.sessions import Session, SessionStore
from crm_inbox.tasks import forget_old

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"


def sign_in(browser: str = "") -> Client:
    client = Client(headers={"User-Agent": browser})
    client.post("/sign-in/", {"login": "anna", "password": "open sesame"})
    assert client.get("/inbox/").status_code == 200
    return client


def is_in(client: Client) -> bool:
    return client.get("/inbox/").status_code == 200


def test_it_keeps_what_it_holds_and_not_its_key(db: None) -> None:
    store = SessionStore()
    store["word"] = "quincunx"
    store.save()
    assert SessionStore(store.session_key)["word"] == "quincunx"
    row = Session.objects.get()
    assert str(store.session_key) not in str(vars(row))
    assert b"quincunx" not in bytes(row.sealed)
    assert SessionStore(row.digest).load() == {}


def test_one_that_was_ended_meanwhile_does_not_come_back(db: None) -> None:
    store = SessionStore()
    store.save()
    SessionStore().delete(store.session_key)
    store["word"] = "late"
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_one_browser_is_signed_out_and_the_others_stay(anna: User) -> None:
    here, there, firefox = sign_in(), sign_in(), sign_in(FIREFOX)
    digest = Session.objects.get(user_agent=FIREFOX).digest
    page = here.get("/account/sessions/").content.decode()
    assert page.count('name="browser"') == 2
    for wanted in ("\0", "nobody's", digest):
        assert is_in(firefox)
        here.post("/account/sessions/", {"browser": wanted})
    assert (is_in(here), is_in(there), is_in(firefox)) == (True, True, False)
    assert "No other browser" not in here.get("/account/sessions/").content.decode()
    there.post("/sign-out/")
    assert "No other browser" in here.get("/account/sessions/").content.decode()


def test_nobody_signs_out_somebody_else(anna: User) -> None:
    hers = sign_in()
    eve = Client()
    eve.force_login(User.objects.create_user("eve"))
    for form in ({"browser": Session.objects.get(user=anna).digest}, {}):
        eve.post("/account/sessions/", form)
    assert is_in(hers)


def test_its_days_are_those_of_the_person(anna: User) -> None:
    Profile.objects.create(user=anna, time_zone="Pacific/Auckland", language="pl")
    client = sign_in()
    Session.objects.update(begun_at=datetime(2025, 3, 9, 20, tzinfo=UTC))
    assert "od 10 mar 2025" in client.get("/account/sessions/").content.decode()
    Authenticator.objects.create(
        user=anna,
        type="webauthn",
        data={"name": "Key", "credential": {}},
        created_at=datetime(2025, 3, 9, 20, tzinfo=UTC),
        last_used_at=datetime(2025, 4, 9, 20, tzinfo=UTC),
    )
    page = client.get("/account/passkeys/").content.decode()
    assert "10 marca 2025" in page
    assert "10 kwietnia 2025" in page


def test_an_administrator_ends_one(anna: User) -> None:
    hers = sign_in(FIREFOX)
    boss = Client()
    boss.force_login(User.objects.create_superuser("boss"))
    listed = boss.get("/admin/crm_inbox/session/").content.decode()
    assert "Firefox" in listed
    digest = Session.objects.get(user=anna).digest
    boss.post(f"/admin/crm_inbox/session/{digest}/delete/", {"post": "yes"})
    assert not is_in(hers)
    assert is_in(boss) is True


def test_administrators_see_none_that_a_new_password_has_ended(anna: User) -> None:
    hers = sign_in()
    assert Session.objects.of_anybody().filter(user=anna).exists()
    anna.set_password("another sesame")
    anna.save()
    assert not is_in(hers)
    assert not Session.objects.of_anybody().filter(user=anna).exists()


def test_what_is_over_is_forgotten(anna: User) -> None:
    client = sign_in()
    Session.objects.create(pk="over", ends_at=timezone.now() - timedelta(seconds=1))
    Invitation.make("ewa@crm.example", anna, administrator=False)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=366))
    Invitation.make("jan@crm.example", anna, administrator=False)
    forget_old()
    assert is_in(client)
    assert not Session.objects.filter(pk="over").exists()
    assert [one.email for one in Invitation.objects.all()] == ["jan@crm.example"]


def test_somebody_who_signed_in_before_the_upgrade_can_be_deleted(anna: User) -> None:
    """The table of the version before is still there, and refers to people."""
    migration = import_module("crm_inbox.migrations.0006_sessions_of_before")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE usersessions_usersession (id serial PRIMARY KEY, user_id integer NOT NULL"
            " REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO usersessions_usersession (user_id) VALUES (%s)", [anna.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(migration.Migration.operations[0].sql)
        anna.delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not User.objects.filter(username="anna").exists()
