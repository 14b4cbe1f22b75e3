"""Tokens of a mailbox at its provider, as workers and watchers use and renew them."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm_inbox.local.dovecot import Dovecot
from crm_inbox.local.processes import wait_until
from sync import connecting, oauth
from sync.models import Account, Grant, LedgerEntry, Message
from sync.watching import process as watcher
from sync.wire import AuthenticationRefused, Connection
from tests.imap.authorisation import CLIENT, AuthorisationServer
from tests.site.oauth import ADDRESS, connected, messages_of, sign_in, sync
from tests.site.oauth import client as client
from tests.site.oauth import configured as configured
from tests.site.oauth import dovecot as dovecot
from tests.site.oauth import provider as provider
from tests.sync.mailbox import letter
from tests.sync.test_watching import hears
from tests.sync.test_watching import watcher as watching

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]


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
