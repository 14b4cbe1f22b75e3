"""One account's watching, for as long as it is this process's. No Django.

open ──> wait ──> round ──> wait ... ──> hang up after half an hour, as servers do
  ^        └─ news, at once                │
  └── back-off with full jitter <──────────┘ whatever breaks
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import uniform
from typing import Protocol, TypeVar

from sync import backoff
from sync.watching.line import Line, Target
from sync.wire import AuthenticationRefused, Throttled, WireError

# IDLE is begun anew long before a server or a router gives it up (RFC 2177: 29 minutes).
IDLE_SECONDS = 300.0
# A connection is begun anew to see new folders, and because none lives for ever.
LINE_SECONDS = 1800.0
# A worker finds out whether a refused password is wrong, and then this watching ends; a token
# that was too old it renews.
REFUSED_SECONDS = 60.0

Result = TypeVar("Result")


class Office(Protocol):
    """What the process does for each of its watchings."""

    poll_seconds: float

    async def target(self, account: int) -> Target:
        """Raises Unwatchable."""

    async def run_job(self, account: int, job: Callable[[], Result]) -> Result:
        """In a thread, when it is this host's turn."""

    def news(self, account: int) -> None:
        """The account is worth a look."""


class Unwatchable(Exception):
    """There is no way to connect, as a look of a worker will say in words."""


class Watching:
    def __init__(self, account: int, office: Office) -> None:
        self._account, self._office = account, office
        self._failures = 0
        # Whether news would be heard now.
        self.hears = False

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            line: Line | None = None
            try:
                line = Line(await self._office.target(self._account))
                await self._stay(line)
                wait = 0.0
            except (WireError, Unwatchable) as error:
                wait = self._after(error)
            finally:
                self.hears = False
                if line is not None:
                    line.hang_up()
            await asyncio.sleep(wait)

    async def _stay(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + LINE_SECONDS * uniform(0.7, 1.0)  # noqa: S311 - no secret
        changed = await self._office.run_job(self._account, line.open)
        while True:
            if changed:
                self._office.news(self._account)
            self.hears, self._failures = True, 0
            if loop.time() > ends:
                return
            await self._wait(line)
            changed = await self._office.run_job(self._account, line.round)

    async def _wait(self, line: Line) -> None:
        """Until it is time for a round; not all at the same moment."""
        seconds = min(self._office.poll_seconds, IDLE_SECONDS)
        seconds *= uniform(0.8, 1.0)  # noqa: S311 - no secret
        if not line.idles:
            await asyncio.sleep(seconds)
            return
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        descriptor = line.fileno()
        loop.add_reader(descriptor, arrived.set)
        try:
            async with asyncio.timeout(seconds):
                while True:
                    arrived.clear()
                    # Also before anything arrives: TLS may hold what the kernel has given away.
                    if line.heard():
                        self._office.news(self._account)
                    await arrived.wait()
        except TimeoutError:
            return
        finally:
            loop.remove_reader(descriptor)

    def _after(self, error: WireError | Unwatchable) -> float:
        """Seconds to wait."""
        self._failures += 1
        if isinstance(error, AuthenticationRefused | Unwatchable):
            self._office.news(self._account)
            return REFUSED_SECONDS * self._failures
        asked = error.wait if isinstance(error, Throttled) else None
        return backoff.delay(self._failures, asked)
