"""Who is asked for what, and that it is asked once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone
from redis import Redis

from crm_inbox.local.processes import wait_until
from sync import draining, engine, live, runs, scheduling, tasks
from sync.models import Account, Message, News, Run, Watch, Watcher
from sync.scheduling import claim_due
from sync.session import Session
from tests.sync.mailbox import Mailbox, a_moment_ago
from tests.sync.queues import make_account, open_run

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def account() -> Account:
    """Synced for the first time, and looked at a moment ago."""
    return make_account("anna")


def asked() -> list[tuple[int, str]]:
    return [(request.account_id, request.queue) for request in claim_due()]


def test_nothing_is_asked_of_an_account_that_was_just_looked_at(account: Account) -> None:
    assert asked() == []


def test_it_is_looked_at_when_the_time_has_come(account: Account) -> None:
    Account.objects.update(checked_at=timezone.now() - timedelta(seconds=61))
    assert asked() == [(account.pk, "live")]
    assert asked() == []


def test_it_is_not_polled_while_a_living_watcher_hears_it(account: Account) -> None:
    Account.objects.update(checked_at=timezone.now() - timedelta(seconds=61))
    alive = timezone.now() + timedelta(seconds=30)
    watch = Watch.objects.create(
        account=account, hears=True, watcher=Watcher.objects.create(name="one", until=alive)
    )
    assert asked() == []
    Watch.objects.update(hears=False)
    assert asked() == [(account.pk, "live")]
    scheduling.forget_queued()
    News.objects.all().delete()
    watch.save()
    Account.objects.update(checked_at=timezone.now() - timedelta(seconds=601))
    assert asked() == [(account.pk, "live")]


def test_new_mail_does_not_wait_behind_the_past_emails_of_its_own_account(
    account: Account,
) -> None:
    open_run(account, Run.Kind.PAST)
    assert asked() == [(account.pk, "past")]
    News.hear([account.pk])
    assert asked() == [(account.pk, "live")]
    News.hear([account.pk])
    assert asked() == []


@pytest.mark.parametrize("kind", ["initial", "catch_up", "live"])
def test_what_a_look_has_to_wait_for_goes_first(account: Account, kind: str) -> None:
    News.hear([account.pk])
    open_run(account, kind)
    open_run(account, Run.Kind.PAST)
    assert asked() == [(account.pk, "first")]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "paused"},
        {"state": "refused"},
        {"retry_at": timezone.now() + timedelta(hours=1)},
        {"lease_until": timezone.now() + timedelta(hours=1)},
    ],
)
def test_nobody_is_asked_where_nobody_may_work(account: Account, change: dict[str, object]) -> None:
    News.hear([account.pk])
    open_run(account, Run.Kind.PAST)
    Account.objects.update(**change)
    assert asked() == []


def test_several_beats_ask_once() -> None:
    for number in range(60):
        account = make_account(f"u{number}")
        News.hear([account.pk])
        open_run(account, Run.Kind.PAST)
    barrier = threading.Barrier(4)

    def beat() -> list[tuple[int, str]]:
        barrier.wait(60)
        try:
            return asked()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = [one for beats in [pool.submit(beat) for _ in range(4)] for one in beats.result()]
    assert len(found) == len(set(found)) == 120


def test_what_was_asked_for_and_never_came_is_asked_again(account: Account) -> None:
    News.hear([account.pk])
    open_run(account, Run.Kind.PAST)
    assert len(asked()) == 2
    long_ago = timezone.now() - timedelta(seconds=1)
    News.objects.update(queued_until=long_ago)
    Account.objects.update(queued_until=long_ago)
    assert sorted(queue for _, queue in asked()) == ["live", "past"]


def test_a_worker_takes_new_mail_before_the_past(queue: Redis, tmp_path: Path) -> None:
    for _ in range(5):
        tasks.past.delay(0)
    for _ in range(5):
        tasks.first.delay(0)
        tasks.live.delay(0)
    command = [sys.executable, "-m", "celery", "-A", "crm_inbox", "--quiet", "worker"]
    command += ["--queues=live,first,past", "--concurrency=1", "--loglevel=INFO"]
    log = tmp_path / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [*command, "--without-mingle", "--without-gossip"],
            cwd=ROOT, env=os.environ | {"DATA_DIR": str(tmp_path)}, stderr=output,
        )  # fmt: skip
    try:
        assert wait_until(lambda: len(received(log)) == 15, 120)
    finally:
        worker.terminate()
        worker.wait(60)
    assert received(log) == ["live"] * 5 + ["first"] * 5 + ["past"] * 5


def received(log: Path) -> list[str]:
    return re.findall(r"Task sync\.tasks\.(\w+)\[\S+ received", log.read_text())


@pytest.mark.needs("dovecot")
def test_new_mail_interrupts_the_past_and_the_past_goes_on(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "FIRST_WINDOW", 20)
    monkeypatch.setattr(draining, "LARGEST_WINDOW", 20)
    for number in range(200):
        mailbox.deliver(f"old{number:03}", days=10 + number / 100)
    mailbox.first_sync()
    a_moment_ago(mailbox.account)
    runs.start_past_sync(mailbox.account, 1, "everyone")
    commit = Session.commit

    def commit_and_deliver(session: Session) -> object:
        """Mail arrives, and is heard of, after the first twenty of the past."""
        if Message.objects.exists():
            monkeypatch.setattr(Session, "commit", commit)
            mailbox.deliver("new")
            News.hear([mailbox.account.pk])
        return commit(session)

    monkeypatch.setattr(Session, "commit", commit_and_deliver)
    assert engine.work(mailbox.account.pk, "test", 60) is False
    order = list(Message.objects.order_by("pk").values_list("message_id", flat=True))
    assert len(order) == 201
    assert order.index("new@mail.example") < 150
    assert not News.objects.exists()


@pytest.mark.needs("dovecot")
def test_news_during_a_look_is_looked_at_again(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, queue: Redis
) -> None:
    mailbox.deliver("a")
    mailbox.first_sync()
    look: Callable[[Session], bool] = live.look

    def look_and_miss(session: Session) -> bool:
        done = look(session)
        monkeypatch.setattr(live, "look", look)
        mailbox.deliver("late")
        tasks.hear([mailbox.account.pk])
        return done

    monkeypatch.setattr(live, "look", look_and_miss)
    News.hear([mailbox.account.pk])
    tasks.live(mailbox.account.pk)
    assert (mailbox.letters, queue.llen("live")) == (["a"], 1)
    tasks.live(mailbox.account.pk)
    assert mailbox.letters == ["a", "late"]
