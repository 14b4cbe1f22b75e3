"""A provider to sign in at: an authorisation server, and a Dovecot that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from crm_inbox.local.dovecot import Dovecot
from sync import engine, runs
from sync.models import Account
from tests.imap.authorisation import CLIENT, AuthorisationServer
from tests.sync.mailbox import letter

ADDRESS = "anna@big.example"


@pytest.fixture(scope="module")
def provider() -> Iterator[AuthorisationServer]:
    with AuthorisationServer() as server:
        yield server


@pytest.fixture(scope="module")
def dovecot(
    provider: AuthorisationServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dovecot]:
    server = Dovecot(tmp_path_factory.mktemp("oauth"), token_check=f"{provider.url}/introspect")
    for person in (ADDRESS, "eve@big.example"):
        server.add_user(person, "nobody types this")
    server.deliver(ADDRESS, "INBOX", letter("first"))
    with server:
        yield server


@pytest.fixture(autouse=True)
def configured(provider: AuthorisationServer, dovecot: Dovecot, settings: Settings) -> None:
    provider.__dict__ |= {"person": "", "allows": True, "lifetime": 3600, "status": 200}
    provider.before_answer = lambda: None
    provider.asked.clear()
    settings.OAUTH_PROVIDERS = {
        "google": {
            "name": "Big",
            "client_id": CLIENT[0],
            "client_secret": CLIENT[1],
            "authorize_url": f"{provider.url}/authorize",
            "token_url": f"{provider.url}/token",
            "scope": "mail",
            "host": dovecot.host,
            "port": dovecot.port,
            "security": "plain",
        }
    }


@pytest.fixture
def client(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("anna", password="open sesame"))
    return client


def sign_in(client: Client, provider: AuthorisationServer, address: str = ADDRESS) -> str:
    """To the provider and back; where the person ends."""
    away = client.get(f"/email-sync/sign-in/google/?{urlencode({'address': address})}")
    back = provider.consent(away["Location"])
    return str(client.get(back)["Location"])


def messages_of(client: Client) -> str:
    return client.get("/email-sync/").content.decode()


def sync(account: Account) -> Account:
    Account.objects.filter(pk=account.pk).update(checked_at=None, retry_at=None)
    while engine.work(account.pk, "test", 30):
        pass
    return Account.objects.get(pk=account.pk)


def connected(client: Client, provider: AuthorisationServer) -> Account:
    sign_in(client, provider)
    account = Account.objects.get()
    runs.start_first_sync(account)
    sync(account)
    provider.asked.clear()
    return account
