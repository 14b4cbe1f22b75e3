"""What is wrong with the installation, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis import Redis, RedisError

from sync import heard
from sync.models import Account

_REDIS_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Trouble:
    """Pages cannot be shown where it is `grave`; else only new mail waits."""

    part: str
    sentence: Promise
    grave: bool


def troubles() -> list[Trouble]:
    """Everything that is wrong now, what is grave first; nothing where all is well."""
    if (found := _database()) is not None:
        # Without it nobody can say more.
        return [found]
    checks = (_migrations, _redis, _workers, _beat, _watchers)
    return [found for check in checks if (found := check()) is not None]


def _database() -> Trouble | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Trouble("database", _("The database does not answer."), grave=True)
    return None


def _migrations() -> Trouble | None:
    """What a newer version has added to the tables is none of ours, and does no harm."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    if _ours() <= applied:
        return None
    sentence = _("The tables are older than this version: run `manage.py prepare`.")
    return Trouble("migrations", sentence, grave=True)


@cache
def _ours() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset((app, name) for app, name in loader.disk_migrations)


def _redis() -> Trouble | None:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=_REDIS_SECONDS) as redis:
            redis.ping()
    except RedisError:
        return Trouble("redis", _("Redis does not answer."), grave=True)
    return None


def _workers() -> Trouble | None:
    sentence = _("No worker was heard for a minute: no mail is fetched.")
    return _silent("worker", sentence)


def _beat() -> Trouble | None:
    sentence = _("Beat was not heard for a minute: nobody tells the workers what is due.")
    return _silent("beat", sentence)


def _watchers() -> Trouble | None:
    """Polling brings new mail, too, later."""
    sentence = _("No watcher was heard for a minute: new mail comes late, by polling.")
    live = Account.objects.filter(state=Account.State.ACTIVE).exclude(first_sync_done_at=None)
    return _silent("watcher", sentence) if live.exists() else None


def _silent(kind: heard.Kind, sentence: Promise) -> Trouble | None:
    try:
        return None if heard.names(kind) else Trouble(kind, sentence, grave=False)
    except RedisError:
        # Told already.
        return None
