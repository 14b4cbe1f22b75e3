"""Signing in to a mailbox at its provider: an authorisation server, and a Dovecot that asks it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.local.dovecot import Dovecot
from crm_inbox.local.processes import wait_until
from sync import connecting, engine, oauth, runs
from sync.models import Account, Grant, LedgerEntry, Message
from sync.watching import process as watcher
from sync.wire import AuthenticationRefused, Connection
from tests.imap.authorisation import CLIENT, AuthorisationServer
from tests.sync.mailbox import letter
from tests.sync.test_watching import hears
from tests.sync.test_watching import watcher as watching

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]
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


def test_it_fetches_a_new_token_when_the_old_one_has_run_out(
    client: Client, provider: AuthorisationServer
) -> None:
    account = connected(client, provider)
    Grant.objects.update(access_until=timezone.now())
    for _ in range(2):
        connecting.connect(account).close()
    assert provider.asked == ["refresh_token"]


def test_it_fetches_a_new_token_when_the_server_takes_the_old_one_no_more(
    client: Client, provider: AuthorisationServer
) -> None:
    account = connected(client, provider)
    provider.end_access(ADDRESS)
    connecting.connect(account).close()
    assert provider.asked == ["refresh_token"]


@pytest.mark.parametrize("reason", ["run out", "refused"])
def test_of_many_workers_one_fetches_the_new_token(
    client: Client, provider: AuthorisationServer, reason: str
) -> None:
    """A refresh token is good once here: whoever came second would lose the account."""
    account = connected(client, provider)
    token = oauth.access_token(account) or ""
    refused = token if reason == "refused" else ""
    if reason == "run out":
        Grant.objects.update(access_until=timezone.now())
    start, tokens = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        tokens.append(oauth.access_token(account, refused))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert provider.asked == ["refresh_token"]
    assert len(tokens) == 8
    assert len(set(tokens)) == 1
    assert token not in tokens


def test_waiting_for_the_provider_keeps_nobody_from_the_account(
    client: Client, provider: AuthorisationServer
) -> None:
    account = connected(client, provider)
    Grant.objects.update(access_until=timezone.now())
    asked, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        go_on.wait(120)

    def work() -> None:
        oauth.access_token(account)
        connection.close()

    provider.before_answer = wait
    worker = threading.Thread(target=work)
    worker.start()
    assert asked.wait(120)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        assert Account.objects.filter(pk=account.pk).update(queued_until=None) == 1
        cursor.execute("RESET lock_timeout")
    go_on.set()
    worker.join()


def test_it_asks_the_person_when_the_grant_was_taken_back_and_goes_on_after(
    client: Client, provider: AuthorisationServer, dovecot: Dovecot
) -> None:
    account = connected(client, provider)
    entries = list(LedgerEntry.objects.values_list("pk", "uid", "state"))
    provider.take_back(ADDRESS)
    account = sync(account)
    assert (account.state, account.problem) == (Account.State.REFUSED, "grant_revoked")
    assert "Sign in at your provider again" in messages_of(client)
    assert sign_in(client, provider) == "/email-sync/"
    again = Account.objects.get()
    assert (again.pk, again.state, again.problem) == (account.pk, Account.State.ACTIVE, "")
    assert list(LedgerEntry.objects.values_list("pk", "uid", "state")) == entries
    dovecot.deliver(ADDRESS, "INBOX", letter("second"))
    assert sync(again).problem == ""
    assert Message.objects.count() == 2


def test_a_provider_in_trouble_costs_nothing_but_time(
    client: Client, provider: AuthorisationServer
) -> None:
    account = connected(client, provider)
    Grant.objects.update(access_until=timezone.now())
    provider.status = 503
    account = sync(account)
    assert (account.state, account.problem) == (Account.State.ACTIVE, "provider_unreachable")
    provider.status = 200
    assert sync(account).problem == ""


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


def test_the_watcher_logs_in_with_the_token_too(
    client: Client, provider: AuthorisationServer
) -> None:
    account = connected(client, provider)
    Grant.objects.update(access_until=timezone.now() + timedelta(seconds=30))
    assert watcher._target(account.pk) is None
    target = watcher._target_by_token(account.pk)
    assert (target.credentials.mechanism, provider.asked) == ("xoauth2", ["refresh_token"])
    Connection.open(target.server, target.credentials).close()


def test_a_provider_that_hangs_keeps_no_other_account_unheard(
    client: Client, provider: AuthorisationServer, dovecot: Dovecot
) -> None:
    waiting = connected(client, provider)
    Grant.objects.update(access_until=timezone.now())
    other = Account(owner=waiting.owner, address="eve@big.example", username="eve@big.example")
    other.host, other.port, other.security = dovecot.host, dovecot.port, "plain"
    other.set_secret("nobody types this")
    other.first_sync_done_at = timezone.now()
    other.save()
    asked, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        asked.set()
        go_on.wait(120)

    provider.before_answer = hang
    with watching():
        assert asked.wait(60)
        assert wait_until(lambda: hears(other.pk), 60)
        assert not hears(waiting.pk)
        go_on.set()
        assert wait_until(lambda: hears(waiting.pk), 120)


def test_no_token_is_logged_or_raised(
    client: Client, provider: AuthorisationServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = connected(client, provider)
    token = oauth.access_token(account) or "?"
    provider.status = 500
    with pytest.raises(oauth.ProviderUnreachable) as caught:
        oauth.access_token(account, refused=token)
    provider.status = 200
    provider.take_back(ADDRESS)
    with pytest.raises(AuthenticationRefused) as refused:
        connecting.connect(account)
    said = caplog.text + repr(caught.value) + repr(refused.value)
    for hidden in (token[:20], "refresh-", CLIENT[1]):
        assert hidden not in said


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/token", "ftp://x.example/", "file:///etc/passwd"]
)
def test_the_secret_goes_nowhere_in_clear(settings: Settings, url: str) -> None:
    settings.OAUTH_PROVIDERS["google"]["token_url"] = url
    with pytest.raises(Exception, match="no HTTPS address"):
        oauth.exchange(oauth.providers()["google"], "c", "v", "r")
