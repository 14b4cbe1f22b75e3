"""The queues hold hints only: nothing is lost with them, and they do not grow without end."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import Redis

from contacts import import_work
from contacts.locks import alone
from contacts.models import Upload
from contacts.tasks import import_contacts
from crm_inbox.beat import Beat
from crm_inbox.celery import app
from sync import tasks
from sync.models import Account, News, Run
from tests.sync.queues import QUEUES, make_account, open_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account() -> Account:
    return make_account("anna")


def test_a_beat_without_workers_piles_up_nothing(account: Account, queue: Redis) -> None:
    News.hear([account.pk])
    open_run(account, Run.Kind.PAST)
    beat = Beat(app=app, schedule_filename=":memory:", lazy=True)
    tick = Beat.Entry(**app.conf.beat_schedule["tick"], name="tick", app=app)
    for _ in range(20):
        beat.apply_async(tick)
    assert {name: queue.llen(name) for name in QUEUES} == {
        "live": 1, "first": 0, "past": 1, "index": 0,
    }  # fmt: skip


def test_requests_that_nobody_takes_for_days_do_not_fill_redis(
    account: Account, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LONGEST_QUEUE", 3)
    News.hear([account.pk])
    open_run(account, Run.Kind.PAST)
    Account.objects.create(
        owner=account.owner, username="gone", state=Account.State.REMOVING, host="127.0.0.1"
    )
    for _ in range(8):
        tasks.tick()
        # What a minute without a worker does, and then two.
        News.objects.update(queued_until=timezone.now())
        Account.objects.update(queued_until=timezone.now())
        for key in queue.scan_iter("crm-inbox:remove:*"):
            queue.delete(key)
    assert {name: queue.llen(name) for name in QUEUES} == {
        "live": 3, "first": 0, "past": 3, "index": 3,
    }  # fmt: skip
    # A worker has come, and drops what was to be done long ago.
    queue.delete(*QUEUES)
    tasks.tick()
    assert [queue.llen(name) for name in ("live", "past", "index")] == [1, 1, 1]


def test_an_import_that_was_lost_with_its_queue_goes_on(
    account: Account, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = b"name,email\n" + b"".join(b"N%d,n%d@x.example\n" % (n, n) for n in range(3))
    upload = Upload.take(account.owner, "x.csv", table)
    upload.begin("leave")
    queue.flushall()
    tasks.tick()
    tasks.tick()
    assert queue.llen("past") == 0
    # What two minutes do in which it comes no further.
    queue.delete(f"crm-inbox:import:{upload.pk}:0")
    tasks.tick()
    tasks.tick()
    assert queue.llen("past") == 1
    import_contacts(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.created) == ("done", 3)
    queue.flushall()
    tasks.tick()
    tasks.tick()
    assert queue.llen("past") == 0


def test_an_import_that_was_asked_for_twice_is_done_by_one(account: Account) -> None:
    upload = Upload.take(account.owner, "x.csv", b"name\nEwa\n")
    upload.begin("leave")
    started, done = threading.Event(), threading.Event()

    def another() -> None:
        with alone(import_work.LOCKS, upload.pk) as first:
            assert first
            started.set()
            done.wait(60)
        connections.close_all()

    thread = threading.Thread(target=another)
    thread.start()
    assert started.wait(60)
    import_contacts(upload.pk)
    upload.refresh_from_db()
    assert upload.done == 0
    done.set()
    thread.join(60)
    import_contacts(upload.pk)
    upload.refresh_from_db()
    assert upload.done == 1


def test_a_queue_that_was_emptied_is_filled_again(account: Account, queue: Redis) -> None:
    News.hear([account.pk])
    open_run(account, Run.Kind.PAST)
    tasks.tick()
    queue.flushall()
    tasks.tick()
    assert (queue.llen("live"), queue.llen("past")) == (1, 1)
    tasks.tick()
    assert (queue.llen("live"), queue.llen("past")) == (1, 1)


def test_a_queue_that_is_away_costs_nothing_but_time(
    account: Account, queue: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr(tasks.live, "apply_async", away)
        tasks.hear([account.pk])
    assert News.objects.get().queued_until is None
    tasks.tick()
    assert queue.llen("live") == 1
