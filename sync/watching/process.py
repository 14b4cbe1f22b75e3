"""All watchings of one process, on one event loop (`manage.py watch`).

database thread   leases, targets, news: one connection, one thing at a time
token threads     asking providers for tokens, so that a slow one keeps nobody else waiting
other threads     connecting and rounds, a few for each host, so that one that hangs
                  does not keep the others waiting
the loop          everything else: a thousand silent connections
"""

from __future__ import annotations

import asyncio
import logging
import resource
from collections import defaultdict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from sync import connecting, tasks
from sync.heard import Heart
from sync.models import Account
from sync.secrets import SecretUnreadable
from sync.watching import shares
from sync.watching.line import Target
from sync.watching.watching import Result, Unwatchable, Watching
from sync.wire import WireError

logger = logging.getLogger(__name__)
THREADS = 64
THREADS_OF_A_HOST = 8
# Each has a connection to the database of its own while it works.
TOKEN_THREADS = 4
# Of an account: news in between waits for the second one.
BETWEEN_NEWS_SECONDS = 1.0
# For the database, the queue, the log and what the interpreter needs.
OTHER_FILES = 100


class Process:
    """An Office for its watchings, until `stop`."""

    def __init__(self, name: str) -> None:
        self.poll_seconds = float(settings.SYNC_POLL_SECONDS)
        self._name = name
        self._watchings: dict[int, tuple[Watching, asyncio.Task[None], tuple[str, ...]]] = {}
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(
            partial(asyncio.Semaphore, THREADS_OF_A_HOST)
        )
        self._host_of: dict[int, str] = {}
        # When each account's news may be passed on, and when it was last.
        self._news: dict[int, float] = {}
        self._told: dict[int, float] = {}
        self._heard = asyncio.Event()
        self._stopped = asyncio.Event()
        self._heart = Heart("watcher")

    def stop(self) -> None:
        self._stopped.set()

    async def run(self) -> None:
        most = _files() - OTHER_FILES
        with (
            ThreadPoolExecutor(1) as self._database,
            ThreadPoolExecutor(TOKEN_THREADS) as self._tokens,
            ThreadPoolExecutor(THREADS) as self._threads,
        ):
            passing_on = asyncio.create_task(self._pass_on())
            while not self._stopped.is_set():
                await self._balance(most)
                await _within(shares.ROUND_SECONDS, self._stopped.wait())
            passing_on.cancel()
            for account in list(self._watchings):
                self._drop(account)
            await self._safely(partial(shares.leave, self._name))
            await self._in_database(lambda: connection.close())

    async def target(self, account: int) -> Target:
        try:
            found = await self._in_database(partial(_target, account))
            if found is None:
                loop = asyncio.get_running_loop()
                found = await loop.run_in_executor(self._tokens, partial(_target_by_token, account))
        except (Account.DoesNotExist, SecretUnreadable, WireError, DatabaseError) as error:
            raise Unwatchable from error
        self._host_of[account] = found.server.host
        return found

    async def run_job(self, account: int, job: Callable[[], Result]) -> Result:
        async with self._hosts[self._host_of[account]]:
            return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    def news(self, account: int) -> None:
        now = asyncio.get_running_loop().time()
        earliest = self._told.get(account, 0.0) + BETWEEN_NEWS_SECONDS
        self._news.setdefault(account, max(now, earliest))
        self._heard.set()

    async def _pass_on(self) -> None:
        """News to the database and the queue, at once where it is the first for a while."""
        loop = asyncio.get_running_loop()
        while True:
            now = loop.time()
            due = [account for account, moment in self._news.items() if moment <= now]
            for account in due:
                self._told[account] = now
                del self._news[account]
            if due and not await self._safely(partial(tasks.hear, due)):
                for account in due:
                    self._news.setdefault(account, now + BETWEEN_NEWS_SECONDS)
            soonest = min(self._news.values(), default=None)
            self._heard.clear()
            await _within(None if soonest is None else soonest - loop.time(), self._heard.wait())

    async def _balance(self, most: int) -> None:
        """Watch what is ours, anew where it has changed, and nothing else."""
        hearing = [pk for pk, (watching, _, _) in self._watchings.items() if watching.hears]
        ours: dict[int, tuple[str, ...]] = {}

        def balance() -> None:
            ours.update(shares.fingerprints(shares.balance(self._name, hearing, most)))
            self._heart.beat(self._name)

        if not await self._safely(balance):
            return
        for account, (_, task, fingerprint) in list(self._watchings.items()):
            if task.done():
                logger.error("Account %s: its watching broke.", account, exc_info=task.exception())
            if task.done() or ours.get(account) != fingerprint:
                self._drop(account)
        for account in ours.keys() - self._watchings.keys():
            watching = Watching(account, self)
            task = asyncio.create_task(watching.run())
            self._watchings[account] = watching, task, ours[account]

    def _drop(self, account: int) -> None:
        _, task, _ = self._watchings.pop(account)
        task.cancel()
        for known in (self._host_of, self._news, self._told):
            known.pop(account, None)

    async def _safely(self, job: Callable[[], None]) -> bool:
        """False where the database is away: it is asked again soon, and the lines stay open."""
        try:
            await self._in_database(job)
        except DatabaseError as error:
            logger.warning("The database cannot be asked: %s", error)
            return False
        return True

    def _in_database(self, job: Callable[[], Result]) -> Awaitable[Result]:
        def work() -> Result:
            close_old_connections()
            return job()

        return asyncio.get_running_loop().run_in_executor(self._database, work)


def _target(account_id: int) -> Target | None:
    """None where a token has to be fetched first."""
    account, folders = shares.targets(account_id)
    credentials = connecting.credentials_at_hand(account)
    return Target(connecting.server_of(account), credentials, folders) if credentials else None


def _target_by_token(account_id: int) -> Target:
    try:
        account, folders = shares.targets(account_id)
        return Target(connecting.server_of(account), connecting.credentials_of(account), folders)
    finally:
        connection.close()


def _files() -> int:
    """How many files this process may open, after asking for as many as it can have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


async def _within(seconds: float | None, waiting: Awaitable[object]) -> None:
    """Wait for so long at most."""
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return
