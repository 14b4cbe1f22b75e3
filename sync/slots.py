"""How many connections we have to a mail server at once: for each host, and for each account.

A slot is a session lock of PostgreSQL (pg_advisory_lock), so all workers and the site count
together, and whoever dies gives back what it had with its database connection. It is taken and
given back in one thread, on its connection. Watchers' connections are in their table: they count
beside the slots.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError, connection

from sync.models import Account, Watch
from sync.wire import Throttled

# Somebody who waits for an answer, a look for new mail among them, is kept so long.
PATIENCE_SECONDS = 10.0
_BETWEEN_TRIES = 0.1
_ACCOUNT, _HOST = "account", "host"
_TAKE = """
SELECT number FROM generate_series(1, %s) AS number
WHERE number <> ALL(%s) AND pg_try_advisory_lock(%s, number::integer) LIMIT 1
"""
# What this thread has: PostgreSQL would give the same to the same database connection again.
_own = threading.local()


class Full(Throttled):
    """All connections that we allow ourselves are in use."""

    code = "all_in_use"


def take(account: Account, urgent: bool) -> Callable[[], None]:
    """Room for one connection; what is returned gives it back. Raises Full.

    Urgent ones wait a little, and have a host's last slot for themselves.
    """
    deadline = time.monotonic() + (PATIENCE_SECONDS if urgent else 0)
    while (taken := _try(account, urgent)) is None:
        if time.monotonic() >= deadline:
            raise Full(wait=1)
        time.sleep(_BETWEEN_TRIES)
    return lambda: _give_back(taken)


def _try(account: Account, urgent: bool) -> list[tuple[int, int]] | None:
    taken: list[tuple[int, int]] = []
    for group, most in _limits(account, urgent):
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [most, [n for own, n in _mine() if own == group], group])
            row = cursor.fetchone()
        if row is None:
            _give_back(taken)
            return None
        taken.append((group, row[0]))
        _mine().append(taken[-1])
    return taken


def _mine() -> list[tuple[int, int]]:
    if not hasattr(_own, "slots"):
        _own.slots = []
    found: list[tuple[int, int]] = _own.slots
    return found


def _limits(account: Account, urgent: bool) -> list[tuple[int, int]]:
    """Groups of slots, with how many there are."""
    watches = Watch.objects.filter(hears=True)
    found = []
    if account.pk is not None:
        watched = watches.filter(account=account.pk).count()
        most = settings.SYNC_ACCOUNT_CONNECTIONS - watched
        found.append((_group(_ACCOUNT, str(account.pk)), max(1, most)))
    if (limit := settings.SYNC_HOST_CONNECTIONS.get(account.host.lower())) is not None:
        most = limit - watches.filter(account__host__iexact=account.host).count()
        found.append((_group(_HOST, account.host.lower()), max(1, most if urgent else most - 1)))
    return found


def _give_back(taken: list[tuple[int, int]]) -> None:
    for slot in taken:
        _mine().remove(slot)
    # A database connection that was lost meanwhile took its slots along.
    with suppress(DatabaseError), connection.cursor() as cursor:
        for group, number in taken:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [group, number])


def _group(kind: str, name: str) -> int:
    """A number for PostgreSQL's `integer`; two names that share one share their slots."""
    return zlib.crc32(f"{kind}:{name}".encode()) - 2**31
