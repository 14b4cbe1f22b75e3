"""Everything is synced although whatever can die does.

    python -m tests.bench.chaos --workers 4 --accounts 40 --messages 500

Workers, beat and watcher are killed at random with -9, whole or only a child of them, Redis is
emptied once, PostgreSQL restarted once, and new mail comes in all the while. In the end every
ledger equals its server, nothing is there twice, and PostgreSQL has seen no deadlock.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from crm_inbox.local.processes import runs
from tests.bench import company
from tests.bench.fleet import ROOT, Fleet, prepared

if TYPE_CHECKING:
    from sync.models import Account

# Seconds until everything must be in, once nobody dies any more.
PATIENCE = 900


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chaos")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--accounts", type=int, default=40)
    parser.add_argument("--messages", type=int, default=500, help="in each account")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--kill-every", type=float, default=6, help="seconds, about")
    parser.add_argument("--hurry", action="store_true", help="wait for no lease of the dead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=ROOT / ".build" / "chaos")
    options = parser.parse_args()
    with prepared(options.folder, SYNC_POLL_SECONDS="15", SYNC_SLICE_SECONDS="10") as fleet:
        told = _run(fleet, options)
    print(json.dumps(told, indent=1))
    return int(bool(told["differences"] or told["deadlocks"]))


def _run(fleet: Fleet, options: argparse.Namespace) -> dict[str, object]:
    names = company.fill(fleet, options.accounts, options.messages)
    accounts = company.connect(fleet, names)
    workers = [f"worker{number}" for number in range(1, options.workers)]
    for name in workers:
        fleet.start("worker", name, "--concurrency=2")
    fleet.start("worker-live")
    fleet.start("beat")
    fleet.start("beat", "beat2", f"--schedule={fleet.folder}/beat2")
    fleet.start("watcher")
    began = time.monotonic()
    chaos = Chaos(fleet, [*workers, "worker-live", "watcher", "beat"], names, options)
    while not chaos.is_over:
        company.ask_for_the_past()
        chaos.go_on()
        time.sleep(0.25)
    quiet = time.monotonic()
    if options.hurry:
        _let_time_pass()
    while not company.is_synced() and time.monotonic() - quiet < PATIENCE:
        time.sleep(0.5)
    left = _differences(fleet, accounts)
    while left and time.monotonic() - quiet < PATIENCE:
        time.sleep(2)
        left = _differences(fleet, accounts)
    ended = time.monotonic()
    log = (fleet.folder / "postgres.log").read_text(errors="replace")
    from sync.models import Message

    return {
        "accounts": options.accounts,
        "messages": Message.objects.count(),
        "seconds of chaos": round(quiet - began),
        "seconds until synced": round(ended - began),
        "happened": chaos.happened,
        "deadlocks": log.count("deadlock detected"),
        "differences": left,
    }


def _let_time_pass() -> None:
    """What two minutes do: leases of the dead end, and what they were asked for is asked again."""
    from django.utils import timezone

    from sync import scheduling
    from sync.models import Account

    for account in Account.objects.exclude(lease_holder=""):
        if not runs(int(account.lease_holder.rpartition(":")[2])):
            Account.objects.filter(pk=account.pk).update(lease_until=timezone.now())
    scheduling.forget_queued()


def _differences(fleet: Fleet, accounts: list[Account]) -> list[str]:
    return [line for account in accounts for line in company.differences(fleet, account)]


class Chaos:
    """Kills something every now and then; in between Redis and PostgreSQL have their turn."""

    def __init__(
        self, fleet: Fleet, victims: list[str], names: list[str], options: argparse.Namespace
    ) -> None:
        self._fleet, self._victims, self._names = fleet, victims, names
        self._random = Random(options.seed)
        self._every = options.kill_every
        self._next = time.monotonic() + self._every
        self._delivered = options.messages
        kills = ["kill"] * options.kills
        third = options.kills // 3
        self._todo = [*kills[:third], "redis", *kills[third:-third], "postgres", *kills[-third:]]
        kinds = ("killed", "children killed", "redis emptied", "postgres restarted", "new mail")
        self.happened = dict.fromkeys(kinds, 0)

    @property
    def is_over(self) -> bool:
        return not self._todo

    def go_on(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._random.uniform(0.5, 1.5) * self._every
        match self._todo.pop(0):
            case "redis":
                self.empty_redis()
            case "postgres":
                self.restart_postgres()
            case _:
                self.kill()
        self.deliver()

    def kill(self) -> None:
        name = self._random.choice(self._victims)
        only_a_child = name.startswith("worker") and self._random.random() < 0.4
        if only_a_child and self._fleet.kill_a_child(name):
            self.happened["children killed"] += 1
        else:
            self._fleet.kill(name)
            self.happened["killed"] += 1

    def empty_redis(self) -> None:
        from redis import Redis

        with Redis.from_url(os.environ["REDIS_URL"]) as redis:
            redis.flushall()
        self.happened["redis emptied"] += 1

    def restart_postgres(self) -> None:
        from django.db import connection

        connection.close()
        self._fleet.restart_postgres()
        self.happened["postgres restarted"] += 1

    def deliver(self) -> None:
        for name in self._random.sample(self._names, min(3, len(self._names))):
            self._delivered += 1
            raw = company.letter(name, self._delivered)
            self._fleet.dovecot.deliver(name, "INBOX", raw, datetime.now(UTC))
            self.happened["new mail"] += 1


if __name__ == "__main__":
    sys.exit(main())
