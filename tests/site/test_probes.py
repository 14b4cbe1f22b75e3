"""Is it alive, is it ready, and how much does it do: as machines ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from redis import Redis

from sync import heard
from sync.models import Account, Hour, News, Run
from tests.site.conftest import make_account

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def silence(settings: Settings) -> Iterator[None]:
    """Nobody was heard, as after Redis was emptied."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("crm-inbox:heard")
        yield
        redis.delete("crm-inbox:heard")


def all_live() -> None:
    for kind in ("worker", "beat", "watcher"):
        heard.Heart(kind).beat("somebody")


def ready(expected: int = 200) -> dict[str, str]:
    answer = Client().get("/health/ready")
    assert answer.status_code == expected
    told = json.loads(answer.content)
    assert told["ready"] is (expected == 200)
    return dict(told["wrong"])


def test_it_is_alive_whatever_name_it_is_asked_by(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["crm.company.example"]
    assert Client().get("/health/live", headers={"host": "10.1.2.3"}).content == b"alive\n"
    assert Client().get("/sign-in/", headers={"host": "10.1.2.3"}).status_code == 400


def test_it_is_ready_and_nothing_is_wrong() -> None:
    all_live()
    assert ready() == {}


def test_it_says_that_no_worker_and_no_beat_was_heard_and_shows_pages_all_the_same() -> None:
    told = ready()
    assert told["worker"] == "No worker was heard for a minute: no mail is fetched."
    assert set(told) == {"worker", "beat"}


def test_it_misses_a_watcher_once_there_is_something_to_watch(account: Account) -> None:
    assert "watcher" not in ready()
    Account.objects.update(first_sync_done_at=timezone.now())
    assert "new mail comes late" in ready()["watcher"]


def test_it_is_not_ready_without_redis(settings: Settings) -> None:
    settings.REDIS_URL = NOWHERE
    assert ready(503) == {"redis": "Redis does not answer."}


def test_it_is_not_ready_before_the_tables_are() -> None:
    all_live()
    newest = MigrationRecorder.Migration.objects.filter(app="sync").order_by("-id")[0]
    newest.delete()
    assert set(ready(503)) == {"migrations"}


def test_a_newer_version_beside_it_does_no_harm() -> None:
    all_live()
    MigrationRecorder(connection).record_applied("sync", "9999_of_tomorrow")
    assert ready() == {}


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_without_its_database() -> None:
    found = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "there_is_none"
    try:
        assert ready(503) == {"database": "The database does not answer."}
        assert Client().get("/health/live").status_code == 200
    finally:
        connection.close()
        connection.settings_dict["NAME"] = found


def test_a_silent_process_is_not_heard_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = timezone.now() - timedelta(seconds=heard.SILENT_SECONDS + 5)
    heard.Heart("worker", long_ago.timestamp).beat("dead")
    heard.Heart("worker").beat("alive")
    assert heard.names("worker") == ["alive"]


def test_a_process_says_that_it_lives_in_its_file(settings: Settings, tmp_path: Path) -> None:
    settings.ALIVE_FILE = str(tmp_path / "alive")
    settings.REDIS_URL = NOWHERE
    heard.Heart("worker").beat("me")
    assert (tmp_path / "alive").exists()


def metrics(**headers: str) -> dict[str, float]:
    """Samples by name and labels."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
    }


def test_nobody_reads_the_numbers_unless_they_were_let_in(settings: Settings) -> None:
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "open sesame"
    for given in ("", "Bearer", "Bearer x", "Basic open sesame", "open sesame", "Bearer zażółć"):
        assert Client().get("/metrics", headers={"authorization": given}).status_code == 404, given
    assert metrics(authorization="Bearer open sesame")


def test_a_network_is_let_in_but_nobody_behind_a_proxy_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_NETWORKS", "127.0.0.0/8, 10.0.0.7")
    from crm_inbox import env

    settings.METRICS_NETWORKS = env.networks("SOME_NETWORKS")
    assert metrics()
    assert Client(REMOTE_ADDR="10.0.0.8").get("/metrics").status_code == 404
    by_proxy = Client().get("/metrics", headers={"x-forwarded-for": "10.0.0.7"})
    assert by_proxy.status_code == 404


def test_it_tells_the_numbers(settings: Settings, account: Account) -> None:
    settings.METRICS_TOKEN = "t"
    now = timezone.now()
    Account.objects.update(checked_at=now - timedelta(seconds=90), problem="throttled")
    refused = make_account(account.owner, "other@crm.example")
    Account.objects.filter(pk=refused.pk).update(state=Account.State.REFUSED)
    News.objects.create(account=account, heard_at=now - timedelta(seconds=30))
    News.objects.update(queued_until=now + timedelta(seconds=20))
    Run.objects.create(account=account, kind=Run.Kind.PAST)
    Hour.add(messages=5, commands=7, slices=1)
    Hour.add(messages=2, at=now - timedelta(days=2))
    heard.Heart("worker").beat("one")
    heard.Heart("worker").beat("two")
    found = metrics(authorization="Bearer t")
    assert found["crm_inbox_accounts active"] == found["crm_inbox_accounts refused"] == 1
    assert found["crm_inbox_account_unchecked_seconds active"] == pytest.approx(90, abs=30)
    assert found["crm_inbox_account_lag_seconds active"] == pytest.approx(30, abs=30)
    assert found["crm_inbox_accounts_in_trouble throttled"] == 1
    assert found["crm_inbox_queue_seconds live"] == pytest.approx(40, abs=30)
    assert found["crm_inbox_queue_seconds past"] == 0
    assert found["crm_inbox_open_runs past waiting"] == 1
    assert (found["crm_inbox_messages_total"], found["crm_inbox_commands_total"]) == (7, 7)
    assert found["crm_inbox_processes worker"] == 2
    assert "crm_inbox_queue_length live" in found


def test_it_tells_what_it_can_without_redis(settings: Settings, account: Account) -> None:
    settings.METRICS_TOKEN, settings.REDIS_URL = "t", NOWHERE
    found = metrics(authorization="Bearer t")
    assert found["crm_inbox_accounts active"] == 1
    assert "crm_inbox_queue_length live" not in found


def test_hours_add_up_and_keep_the_worst_lag() -> None:
    at = timezone.now()
    for lag in (3.0, 9.0, 1.0):
        Hour.add(at=at, messages=2, seconds=0.5, lag=lag)
    hour = Hour.objects.get()
    assert (hour.messages, hour.seconds, hour.lag) == (6, 1.5, 9.0)
