"""Signing in to a mailbox at its provider, as a person sees it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from crm_inbox.local.dovecot import Dovecot
from sync import connecting, folders, oauth, runs
from sync.models import Account, Grant, Message
from sync.wire import ConnectionLost
from tests.imap.authorisation import AuthorisationServer
from tests.site.oauth import ADDRESS, connected, messages_of, sign_in, sync
from tests.site.oauth import client as client
from tests.site.oauth import configured as configured
from tests.site.oauth import dovecot as dovecot
from tests.site.oauth import provider as provider

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]


def test_it_offers_the_sign_in_where_the_provider_has_one(client: Client, dovecot: Dovecot) -> None:
    account = Account(owner=User.objects.get(), address=ADDRESS, username=ADDRESS, port=1)
    account.host = dovecot.host
    account.save()
    page = client.get(f"/email-sync/{account.pk}/password/").content.decode()
    assert "Sign in with Big" in page
    assert "/email-sync/sign-in/google/?address=anna%40big.example" in page


def test_it_offers_nothing_that_is_not_configured(client: Client, settings: Settings) -> None:
    settings.OAUTH_PROVIDERS["google"]["client_id"] = ""
    assert client.get("/email-sync/sign-in/google/?address=a@b.example").status_code == 404
    assert client.get("/email-sync/sign-in/google/back/?state=x&code=y").status_code == 404


def test_it_connects_and_syncs_without_a_password(
    client: Client, provider: AuthorisationServer
) -> None:
    assert sign_in(client, provider).endswith("/labels/")
    account = Account.objects.get()
    assert bytes(account.encrypted_secret) == b""
    runs.start_first_sync(account)
    assert sync(account).problem == ""
    assert Message.objects.get().message_id == "first@mail.example"


def test_it_keeps_the_tokens_sealed(client: Client, provider: AuthorisationServer) -> None:
    connected(client, provider)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(encrypted_refresh, 'UTF8'), convert_from(encrypted_access, 'UTF8')"
            " FROM sync_grant"
        )
        for sealed in cursor.fetchone():
            assert sealed.startswith("gAAAAA")


@pytest.mark.parametrize("forged", ["no state", "another one", "used before", "another person's"])
def test_it_takes_a_code_only_from_whom_it_was_sent_for(
    client: Client, provider: AuthorisationServer, forged: str
) -> None:
    away = client.get(f"/email-sync/sign-in/google/?address={ADDRESS}")["Location"]
    back = provider.consent(away)
    query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    visitor = client
    if forged == "no state":
        del query["state"]
    elif forged == "another one":
        query["state"] = "x" * 43
    elif forged == "used before":
        client.get("/email-sync/sign-in/google/back/", {"state": query["state"]})
    else:
        visitor = Client()
        visitor.force_login(User.objects.create_user("eve"))
    answer = visitor.get("/email-sync/sign-in/google/back/", query)
    assert answer["Location"] == "/email-sync/add/"
    assert "run out or was begun elsewhere" in messages_of(visitor)
    assert provider.asked == []
    assert not Account.objects.exists()


def test_a_code_is_of_no_use_without_the_verifier(
    client: Client, provider: AuthorisationServer
) -> None:
    away = client.get(f"/email-sync/sign-in/google/?address={ADDRESS}")["Location"]
    code = parse_qs(urlsplit(provider.consent(away)).query)["code"][0]
    redirect = parse_qs(urlsplit(away).query)["redirect_uri"][0]
    assert "verifier" not in away
    with pytest.raises(oauth.GrantRevoked):
        oauth.exchange(oauth.providers()["google"], code, oauth.new_verifier(), redirect)


def test_it_says_so_when_the_person_does_not_allow_it(
    client: Client, provider: AuthorisationServer
) -> None:
    provider.allows = False
    assert sign_in(client, provider).startswith("/email-sync/add/server/")
    assert "did not let us in" in messages_of(client)


def test_it_says_so_when_they_sign_in_as_somebody_else(
    client: Client, provider: AuthorisationServer
) -> None:
    provider.person = "eve@big.example"
    sign_in(client, provider)
    assert "refused the user name" in messages_of(client)
    assert not Account.objects.exists()


def test_a_server_that_hangs_up_before_its_labels_are_known_is_said_and_not_kept(
    client: Client, provider: AuthorisationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(*_: object) -> None:
        raise ConnectionLost

    monkeypatch.setattr(folders, "learn", hang_up)
    assert sign_in(client, provider).startswith("/email-sync/add/server/")
    assert "Try again in a minute." in messages_of(client)
    assert not Account.objects.exists()


def test_an_account_with_a_password_moves_over_and_back(
    client: Client, provider: AuthorisationServer, dovecot: Dovecot
) -> None:
    account = Account.objects.create(
        owner=User.objects.get(),
        address=ADDRESS,
        username=ADDRESS,
        host=dovecot.host,
        port=dovecot.port,
        security="plain",
    )
    assert sign_in(client, provider) == "/email-sync/"
    assert Grant.objects.get().account_id == account.pk
    client.post(f"/email-sync/{account.pk}/password/", {"password": "nobody types this"})
    assert not Grant.objects.exists()
    connecting.connect(Account.objects.get()).close()


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/token", "ftp://x.example/", "file:///etc/passwd"]
)
def test_the_secret_goes_nowhere_in_clear(settings: Settings, url: str) -> None:
    settings.OAUTH_PROVIDERS["google"]["token_url"] = url
    with pytest.raises(Exception, match="no HTTPS address"):
        oauth.exchange(oauth.providers()["google"], "c", "v", "r")
