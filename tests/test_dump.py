"""A stolen dump of the database: whoever has nothing else gets in nowhere."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.accounts import password_path
from crm_inbox.invitations import Invitation
from crm_inbox.local import postgres_programs
from sync import secrets
from sync.models import Account, Grant
from tests.site.test_accounts import code

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "open sesame 77"
MAIL = ("hunter2 passphrase", "refresh-token-1", "access-token-1")


@pytest.fixture
def anna(settings: Settings) -> User:
    """With two mailboxes, one by password, one by a grant of its provider."""
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD = "mail.crm.example", "of the mail relay"
    anna = User.objects.create_superuser("anna", "anna@crm.example", PASSWORD)
    for address in ("one@crm.example", "two@crm.example"):
        account = Account(owner=anna, address=address, username=address)
        account.set_secret(MAIL[0])
        account.save()
    Grant.objects.create(
        account=account,
        provider="google",
        encrypted_refresh=secrets.seal(MAIL[1]),
        encrypted_access=secrets.seal(MAIL[2]),
        access_until=timezone.now() + timedelta(hours=1),
    )
    return anna


@pytest.fixture
def browser(anna: User) -> Client:
    browser = Client()
    browser.post("/sign-in/", {"login": "anna", "password": PASSWORD})
    assert browser.get("/inbox/").status_code == 200
    return browser


def app_of(browser: Client) -> tuple[str, str]:
    """The secrets of an authenticator app that is in use, and of one just being set up."""
    found = []
    for _ in range(2):
        browser.post("/account/confirm/", {"password": PASSWORD})
        page = browser.get("/account/app/add/").content.decode()
        secret = re.search(r'setup-key">\s*(\w+)', page)
        assert secret, page
        found.append(secret[1])
        if len(found) == 1:
            browser.post("/account/app/add/", {"code": code(secret[1])})
            codes = browser.get("/account/codes/").content.decode()
            recovery = re.search(r"<code>(\d{8})</code>", codes)
            assert recovery, codes
            browser.post("/account/app/remove/")
    return found[0], found[1]


def test_it_holds_no_secret(anna: User, browser: Client, settings: Settings) -> None:
    _, invitation = Invitation.make("ewa@crm.example", anna, administrator=False)
    forgetful = Client()
    anna.refresh_from_db()
    reset = password_path(anna)
    assert "-set-password/" in forgetful.get(reset)["Location"]
    hidden = {
        *MAIL,
        *app_of(browser),
        PASSWORD,
        invitation,
        reset.rstrip("/").partition("-")[2],
        browser.cookies["sessionid"].value,
        forgetful.cookies["sessionid"].value,
        settings.EMAIL_HOST_PASSWORD,
        settings.SECRET_KEY,
        *settings.FIELD_ENCRYPTION_KEYS,
    }
    stolen = dump()
    for known in (b"anna", b"two@crm.example", b"ewa@crm.example"):
        assert known in stolen
    for secret in hidden:
        assert secret.encode() not in stolen, secret
        assert secret.encode().hex().encode() not in stolen, secret


def test_nothing_in_it_is_a_cookie(browser: Client) -> None:
    words = set(re.findall(r"\w{20,}", dump().decode()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM crm_inbox_session")
        assert words.issuperset(digest for (digest,) in cursor.fetchall())
    for word in words:
        thief = Client()
        thief.cookies["sessionid"] = word
        assert "_auth_user_id" not in thief.session


def dump() -> bytes:
    """The whole database as pg_dump writes it."""
    server = connection.settings_dict
    environment = {
        "PGHOST": server["HOST"],
        "PGPORT": str(server["PORT"] or ""),
        "PGUSER": server["USER"],
        "PGPASSWORD": server["PASSWORD"],
        "PGDATABASE": server["NAME"],
    } | {f"PG{name.upper()}": str(value) for name, value in server["OPTIONS"].items()}
    bundled = postgres_programs.bundled()
    done = subprocess.run(
        [bundled / "pg_dump" if bundled else "pg_dump", "--inserts"],
        check=True,
        capture_output=True,
        env=os.environ | {name: value for name, value in environment.items() if value},
        timeout=120,
    )
    return done.stdout
