"""A year of mail from Dovecot into PostgreSQL, with mbsync's defaults as the measure.

Both connect with STARTTLS, which is what mbsync does when nothing else is said.

Only ratios within a run mean anything: machines differ. `--count 2000` makes it short.
"""

import argparse
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from crm_inbox.demo.bulk import bulk
from crm_inbox.local import postgres, valkey
from crm_inbox.local.dovecot import Dovecot
from tests.bench import proxy
from tests.bench.mbsync import pull
from tests.bench.worker import Outcome, sync_in_a_worker

FOLDER = Path(__file__).resolve().parent.parent.parent / ".build" / "bench"
USER, PASSWORD = "bench", "bench password"
ROUND_TRIP_SECONDS = 0.040
WANTED = {"loopback": 3.0, "40 ms": 2.0}
MEMORY_LIMIT = 200


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--count", type=int, default=10_000, help="messages in the mailbox")
    count = parser.parse_args().count
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    os.environ |= {"DATA_DIR": str(FOLDER), "DATABASE_URL": postgres.ensure(FOLDER)}
    os.environ["REDIS_URL"] = valkey.ensure(FOLDER)
    os.environ["ALLOW_PRIVATE_HOSTS"] = "127.0.0.1"
    try:
        with Dovecot(FOLDER / "dovecot", tls=True) as dovecot:
            _fill(dovecot, count)
            near = _race("loopback", dovecot.port, dovecot.certificate, count)
            return max(near, _race_far_away(dovecot, count))
    finally:
        valkey.stop(FOLDER)
        postgres.stop(FOLDER)


def _fill(dovecot: Dovecot, count: int) -> None:
    dovecot.add_user(USER, PASSWORD)
    size = 0
    for mail in bulk(count, seed=1, now=datetime.now(UTC)):
        dovecot.deliver(USER, mail.folder, mail.raw, mail.internaldate, mail.flags)
        size += len(mail.raw)
    print(f"The mailbox holds {count} messages, {size / 1e6:.0f} MB.")


def _race_far_away(dovecot: Dovecot, count: int) -> int:
    with proxy.delayed(dovecot.port, ROUND_TRIP_SECONDS) as far:
        return _race("40 ms", far, dovecot.certificate, count)


def _race(name: str, port: int, certificate: Path, count: int) -> int:
    """1 where a goal was missed. What was written before is on the disk when each starts."""
    os.sync()
    theirs = pull(FOLDER / "mbsync", port, certificate, USER, PASSWORD)
    os.sync()
    ours = sync_in_a_worker(port, certificate, USER, PASSWORD)
    ratio = theirs / ours.seconds
    print(
        f"\n{name}\n"
        f"  mbsync     {theirs:7.1f} s  {count / theirs:6.0f} messages/s\n"
        f"  CRM Inbox  {ours.seconds:7.1f} s  {count / ours.seconds:6.0f} messages/s,"
        f" {ratio:.2f} times as fast (goal: {WANTED[name]})\n"
        f"  first message after {ours.first_seconds:.2f} s, worker memory {ours.peak_mb:.0f} MB"
        f" (goal: {MEMORY_LIMIT})\n"
        f"  {ours.messages} messages in {ours.threads} conversations, search index filled"
        f" {ours.index_seconds:.1f} s later"
    )
    return int(_missed(ours, ratio, WANTED[name], count))


def _missed(ours: Outcome, ratio: float, wanted: float, count: int) -> bool:
    return ratio < wanted or ours.peak_mb > MEMORY_LIMIT or ours.messages != count


if __name__ == "__main__":
    sys.exit(main())
