"""The installation's numbers for Prometheus.

They come from the database and Redis, so every web process tells the same ones, and none is lost
when a process ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis import Redis, RedisError

from sync import heard, scheduling
from sync.models import Hour, SearchBacklog, Watch

_QUEUES = ("live", "first", "past", "index")
_STATES = """
SELECT account.state, count(*),
    coalesce(extract(epoch FROM max(now() - checked_at)), 0),
    coalesce(extract(epoch FROM max(now() - news.heard_at)), 0)
FROM sync_account account LEFT JOIN sync_news news ON news.account_id = account.id
GROUP BY account.state ORDER BY account.state
"""
_TROUBLES = "SELECT problem, count(*) FROM sync_account WHERE problem <> '' GROUP BY 1 ORDER BY 1"
_OPEN_RUNS = """
SELECT kind, state, count(*) FROM sync_run WHERE state IN ('waiting', 'running', 'paused')
GROUP BY 1, 2 ORDER BY 1, 2
"""
# Sums of sync.models.Hour: name, what it is.
_COUNTED = {
    "messages": "Messages that were stored.",
    "runs": "Runs that ended: first syncs, past emails, looks that found something.",
    "slices": "Slices of sync work, each with one account.",
    "troubles": "Slices that ended with an error of the mail server or the sign-in.",
    "commands": "IMAP commands sent; each costs a round trip at most.",
    "seconds": "Seconds that workers spent in slices.",
}


def text() -> bytes:
    """In the format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything())
    return generate_latest(registry)


class _Everything(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from _accounts()
        yield from _work()
        yield from _queues()
        yield from _processes()


def _accounts() -> Iterator[Metric]:
    accounts = _gauge("accounts", "Accounts, by state.", ["state"])
    unseen = _gauge("account_unchecked_seconds", "The longest time since a look.", ["state"])
    lag = _gauge("account_lag_seconds", "The longest that known news waits for a look.", ["state"])
    for state, count, checked, waiting in _rows(_STATES):
        accounts.add_metric([state], count)
        unseen.add_metric([state], float(checked))
        lag.add_metric([state], float(waiting))
    failing = _gauge("accounts_in_trouble", "Accounts, by the code of their problem.", ["problem"])
    for problem, count in _rows(_TROUBLES):
        failing.add_metric([str(problem)], count)
    yield from (accounts, unseen, lag, failing)


def _work() -> Iterator[Metric]:
    open_runs = _gauge("open_runs", "Runs that are not over.", ["kind", "state"])
    for kind, state, count in _rows(_OPEN_RUNS):
        open_runs.add_metric([kind, state], count)
    yield open_runs
    sums = Hour.sums()
    for name, meaning in _COUNTED.items():
        yield CounterMetricFamily(f"crm_inbox_{name}", meaning, value=sums[name])
    backlog = _gauge("search_backlog", "Messages that the search does not know yet.", [])
    backlog.add_metric([], SearchBacklog.objects.count())
    yield backlog


def _queues() -> Iterator[Metric]:
    """Where Redis is away they are left out, and `up` of the processes tells."""
    waiting = _gauge("queue_seconds", "How long the oldest request waits for a worker.", ["queue"])
    for each, seconds in scheduling.oldest_requests().items():
        waiting.add_metric([each], seconds)
    yield waiting
    length = _gauge("queue_length", "Requests in a queue.", ["queue"])
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as redis:
            for queue in _QUEUES:
                length.add_metric([queue], int(redis.llen(queue)))
    except RedisError:
        return
    yield length


def _processes() -> Iterator[Metric]:
    heard_of = _gauge("processes", "Processes that were heard in the last minute.", ["kind"])
    kinds: tuple[heard.Kind, ...] = ("worker", "beat", "watcher")
    try:
        for kind in kinds:
            heard_of.add_metric([kind], len(heard.names(kind)))
    except RedisError:
        return
    yield heard_of
    watched = _gauge("accounts_watched", "Accounts whose server tells of new mail itself.", [])
    watched.add_metric([], Watch.awake().count())
    yield watched


def _gauge(name: str, meaning: str, labels: list[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"crm_inbox_{name}", meaning, labels=labels)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
