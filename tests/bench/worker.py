"""Our sync in a process of its own, as a worker would run it."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import django


@dataclass(frozen=True)
class Outcome:
    """Times in seconds. `first_seconds`: from the start until the first message is in a list."""

    seconds: float
    first_seconds: float
    index_seconds: float
    peak_mb: float
    messages: int
    threads: int


def sync_in_a_worker(port: int, certificate: Path, user: str, password: str) -> Outcome:
    """The first sync and a year of past mail, everything stored and in conversations."""
    command = [sys.executable, "-m", "tests.bench.worker", str(port), user, password]
    # What OpenSSL trusts instead of the machine's list.
    trusting = {**os.environ, "SSL_CERT_FILE": str(certificate)}
    said = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=trusting
    ).stdout
    return Outcome(**json.loads(said.splitlines()[-1]))


def _main(port: str, user: str, password: str) -> None:
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from sync import engine, runs, searching
    from sync.models import Account, Message, Thread

    call_command("migrate", verbosity=0)
    Account.objects.all().delete()
    owner, _ = User.objects.get_or_create(username="bench")
    account = Account(
        owner=owner,
        address="anna@demo.example",
        own_addresses=["anna@demo.example"],
        host="127.0.0.1",
        port=int(port),
        security=Account.Security.STARTTLS,
        username=user,
    )
    account.set_secret(password)
    account.save()
    runs.start_first_sync(account)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as watching:
        seen = watching.submit(_first_message)
        engine.work(account.pk, "bench", 45)
        first = seen.result(60) - began
    while engine.work(account.pk, "bench", 45):
        pass
    account.refresh_from_db()
    runs.start_past_sync(account, 12, "everyone")
    while engine.work(account.pk, "bench", 45):
        pass
    seconds = time.monotonic() - began
    peak = _peak_mb()
    began = time.monotonic()
    while searching.index_batch():
        pass
    outcome = Outcome(
        seconds,
        first,
        time.monotonic() - began,
        peak,
        Message.objects.count(),
        Thread.objects.count(),
    )
    connection.close()
    print(json.dumps(asdict(outcome)))


def _peak_mb() -> float:
    """The most that this process held, and the most that the one that reads mail held."""
    ours = os.getpid()
    children = Path(f"/proc/{ours}/task/{ours}/children").read_text().split()
    return sum(_held_mb(pid) for pid in (str(ours), *children))


def _held_mb(pid: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _first_message() -> float:
    """The time at which a list can show a message."""
    from django.db import connection

    from sync.models import Message

    while not Message.objects.exists():
        time.sleep(0.005)
    connection.close()
    return time.monotonic()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_inbox.settings")
    _main(*sys.argv[1:])
