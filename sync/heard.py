"""Which processes live: each says so every few seconds, to Redis and to a file of its own.

Redis tells the site and the administrators. The file is for whoever started the process, such as
a container's health check, which asks nobody else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from django.conf import settings
from redis import Redis, RedisError

Kind = Literal["worker", "beat", "watcher"]
# Several turns of each may fail.
SILENT_SECONDS = 60.0
_BETWEEN_SECONDS = 5.0
_KEY = "crm-inbox:heard"


class Heart:
    """Says that a process lives, as often as it is told to, but not more than that is worth."""

    def __init__(self, kind: Kind, clock: Callable[[], float] = time.time) -> None:
        self._kind, self._clock, self._last = kind, clock, 0.0

    def beat(self, name: str) -> None:
        """`name` is unlike those of all others of its kind."""
        now = self._clock()
        if now - self._last < _BETWEEN_SECONDS:
            return
        self._last = now
        if settings.ALIVE_FILE:
            Path(settings.ALIVE_FILE).touch()
        try:
            with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as redis:
                redis.zadd(_KEY, {f"{self._kind} {name}": now})
                redis.zremrangebyscore(_KEY, 0, now - 3600)
        except RedisError:
            # It is said again soon; that Redis is away others tell.
            return


def names(kind: Kind) -> list[str]:
    """Those that were heard lately. Raises RedisError."""
    since = time.time() - SILENT_SECONDS
    with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as redis:
        heard = [member.decode() for member in redis.zrangebyscore(_KEY, since, "+inf")]
    return sorted(one.partition(" ")[2] for one in heard if one.startswith(f"{kind} "))
