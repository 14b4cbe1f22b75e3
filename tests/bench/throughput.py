"""How many messages a second 1, 2 and 4 workers bring in, on this machine.

    python -m tests.bench.throughput --accounts 8 --messages 500 --workers 1 2 4

A worker is one process of Celery beside the process that reads its mail. Each round begins with
an empty database and workers that wait; its time is from the first account's connection until
all is stored.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime

from crm_inbox.demo.bulk import bulk
from tests.bench import company
from tests.bench.fleet import PASSWORD, ROOT, Fleet, prepared, wait


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.throughput")
    parser.add_argument("--accounts", type=int, default=8)
    parser.add_argument("--messages", type=int, default=500, help="in each account")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    with prepared(ROOT / ".build" / "throughput") as fleet:
        names, size = _fill(fleet, options.accounts, options.messages)
        print(f"{len(names)} accounts of {options.messages} messages, {size / 1e6:.0f} MB")
        for workers in options.workers:
            _round(fleet, names, workers)
    return 0


def _fill(fleet: Fleet, accounts: int, messages: int) -> tuple[list[str], int]:
    """Mail of real sizes: about 100 KB in the mean."""
    names = [f"u{number}" for number in range(accounts)]
    size = 0
    for seed, name in enumerate(names):
        fleet.dovecot.add_user(name, PASSWORD)
        for mail in bulk(messages, seed=seed, now=datetime.now(UTC)):
            fleet.dovecot.deliver(name, mail.folder, mail.raw, mail.internaldate, mail.flags)
            size += len(mail.raw)
    return names, size


def _round(fleet: Fleet, names: list[str], workers: int) -> None:
    from sync import tasks
    from sync.models import Account, Message

    Account.objects.all().delete()
    running = [f"{workers}-{number}" for number in range(workers)]
    for name in running:
        fleet.start("worker", name, "--concurrency=1", "--queues=live,first,past")
    fleet.start("beat")
    logs = [fleet.folder / f"{name}.log" for name in running]
    wait(lambda: all(" ready." in log.read_text() for log in logs), 120, "the workers are ready")
    began = time.monotonic()
    for account in company.connect(fleet, names):
        tasks.wake(account.pk)
    first: list[float] = []
    while not company.is_synced():
        if not first and not Account.objects.filter(first_sync_done_at=None).exists():
            first.append(time.monotonic() - began)
        time.sleep(0.2)
    took = time.monotonic() - began
    count = Message.objects.count()
    print(
        f"{workers} workers: {count} messages in {took:.1f} s, {count / took:.0f} a second;"
        f" all first syncs after {first[0] if first else took:.1f} s",
        flush=True,
    )
    for name in (*running, "beat"):
        fleet.stop(name)


if __name__ == "__main__":
    sys.exit(main())
