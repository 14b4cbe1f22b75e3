"""Connections are counted across threads and processes, and the dead give theirs back."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from crm_inbox import env
from crm_inbox.local.processes import wait_until
from sync import engine, slots
from sync.models import Account, News, Watch, Watcher
from sync.slots import Full, take
from sync.watching import shares
from tests.sync.mailbox import Mailbox
from tests.sync.queues import make_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    return make_account("anna")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PATIENCE_SECONDS", 0.3)


def elsewhere(work: Callable[[], object]) -> object:
    """On another connection to the database, which ends with the work."""

    def do() -> object:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


def how_many(account: Account, urgent: bool = True) -> int:
    """Slots that can be had here and now, given back at once."""
    taken: list[Callable[[], None]] = []
    try:
        while len(taken) < 20:
            taken.append(take(account, urgent))
    except Full:
        pass
    for give_back in taken:
        give_back()
    return len(taken)


def watch(*accounts: Account) -> None:
    one, _ = Watcher.objects.get_or_create(name="one", defaults={"until": timezone.now()})
    for account in accounts:
        Watch.objects.create(account=account, watcher=one, hears=True)


def test_an_account_has_three_less_its_watcher(account: Account) -> None:
    assert how_many(account) == 3
    watch(account)
    assert how_many(account) == 2


def test_others_count_until_they_give_back_or_end(account: Account) -> None:
    give_back = take(account, urgent=True)
    assert elsewhere(lambda: how_many(account)) == 2
    give_back()
    assert elsewhere(lambda: how_many(account)) == 3
    # Two are taken and never given back: their connection ends.
    elsewhere(lambda: (take(account, urgent=True), take(account, urgent=True)))
    assert wait_until(lambda: how_many(account) == 3, 60)


def test_a_killed_worker_leaks_nothing(account: Account) -> None:
    connection.close()
    if (pid := os.fork()) == 0:
        take(account, urgent=True)
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)
    assert wait_until(lambda: how_many(account) == 3, 60)


def test_a_host_keeps_its_last_slot_for_new_mail(account: Account, settings: Settings) -> None:
    settings.SYNC_HOST_CONNECTIONS = {"127.0.0.1": 3}
    settings.SYNC_ACCOUNT_CONNECTIONS = 20
    other = make_account("other")
    assert how_many(account) == 3
    assert how_many(account, urgent=False) == 2
    watch(other)
    assert how_many(account) == 2


def test_watchers_leave_half_of_a_hosts_connections(settings: Settings) -> None:
    settings.SYNC_HOST_CONNECTIONS = {"127.0.0.1": 5}
    for number in range(8):
        make_account(f"u{number}")
    far = make_account("far")
    Account.objects.filter(pk=far.pk).update(host="imap.example")
    assert len(shares.balance("one", [], 100)) == 3
    assert far.pk in shares.balance("one", [], 100)


@pytest.mark.needs("dovecot")
def test_a_worker_that_finds_no_slot_comes_back_soon_and_notes_no_problem(
    mailbox: Mailbox,
) -> None:
    mailbox.first_sync()
    mailbox.deliver("new")
    News.hear([mailbox.account.pk])
    taken = [take(mailbox.account, urgent=True) for _ in range(3)]
    assert engine.work(mailbox.account.pk, "test", 10) is False
    mailbox.account.refresh_from_db()
    assert (mailbox.account.problem, mailbox.account.failures) == ("", 0)
    assert mailbox.account.retry_at is not None
    assert mailbox.account.retry_at > timezone.now()
    for give_back in taken:
        give_back()
    mailbox.sync()
    assert mailbox.letters == ["new"]
    assert how_many(mailbox.account) == 3


def test_limits_are_read_by_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMITS", "imap.gmail.com=100, Mail.Example=2")
    assert env.limits("LIMITS") == {"imap.gmail.com": 100, "mail.example": 2}
    monkeypatch.setenv("LIMITS", "imap.gmail.com")
    with pytest.raises(ImproperlyConfigured, match="imap"):
        env.limits("LIMITS")
