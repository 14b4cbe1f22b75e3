"""How long new mail takes: from its delivery until it is stored, and until somebody sees it.

    python -m tests.bench.latency --deliveries 50            with the watcher
    python -m tests.bench.latency --deliveries 50 --polling  without it

Delivered is when the file is in the mailbox; seen is when an open inbox shows the subject.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random
from statistics import median

from playwright.sync_api import Page, sync_playwright

from crm_inbox.local.ports import LOOPBACK, answers, free_port
from tests.bench import company
from tests.bench.fleet import ROOT, Fleet, prepared, wait
from tests.components import program

POLL_SECONDS = 10
LONGEST_SECONDS = 120


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.latency")
    parser.add_argument("--deliveries", type=int, default=50)
    parser.add_argument("--polling", action="store_true", help="without the watcher")
    options = parser.parse_args()
    folder = ROOT / ".build" / "latency"
    with prepared(folder, SYNC_POLL_SECONDS=str(POLL_SECONDS)) as fleet:
        stored, seen = _run(fleet, options.deliveries, options.polling)
    how = f"polling every {POLL_SECONDS} s" if options.polling else "watcher"
    for what, times in (("stored", stored), ("seen", seen)):
        print(
            f"{how}: {what} after {median(times):.2f} s in the middle, {max(times):.2f} s at worst"
        )
    return 0


def _run(fleet: Fleet, deliveries: int, polling: bool) -> tuple[list[float], list[float]]:
    from sync.models import Watch

    (name,) = company.fill(fleet, 1, 50)
    (account,) = company.connect(fleet, [name])
    username = account.owner.username
    for service in ("worker", "worker-live", "beat"):
        fleet.start(service)
    port = free_port()
    fleet.start("web", "web", f"--port={port}")
    wait(company.is_synced, 120, "the mailbox is synced")
    if not polling:
        fleet.start("watcher")
        wait(lambda: Watch.awake().exists(), 60, "the watcher hears the mailbox")
    wait(lambda: answers(port), 60, "the site answers")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(locale="en")
        _sign_in(page, f"http://{LOOPBACK}:{port}", username)
        # The database is asked beside the loop that Playwright runs in this thread.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
        random = Random(1)
        times = [_deliver(fleet, page, name, number, random) for number in range(deliveries)]
        chromium.close()
    return [stored for stored, _ in times], [seen for _, seen in times]


def _sign_in(page: Page, site: str, username: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("User name or email address").fill(username)
    page.get_by_label("Password").fill(company.SITE_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")


def _deliver(
    fleet: Fleet, page: Page, name: str, number: int, random: Random
) -> tuple[float, float]:
    """Seconds until it is stored and until it is seen."""
    time.sleep(random.uniform(0.5, 3))
    # No reply to another one, which would not change the subject that is seen.
    letter = 10_001 + 10 * number
    with ThreadPoolExecutor(1) as looking:
        began = time.monotonic()
        fleet.dovecot.deliver(name, "INBOX", company.letter(name, letter), datetime.now(UTC))
        stored = looking.submit(_stored, f"Letter {letter}")
        page.wait_for_function(
            "subject => document.body.innerText.includes(subject)",
            arg=f"Letter {letter}",
            timeout=LONGEST_SECONDS * 1000,
            polling=20,
        )
        seen = time.monotonic() - began
    return stored.result() - began, seen


def _stored(subject: str) -> float:
    from django.db import connection

    from sync.models import Message

    wait(Message.objects.filter(subject=subject).exists, LONGEST_SECONDS, subject)
    moment = time.monotonic()
    connection.close()
    return moment


if __name__ == "__main__":
    sys.exit(main())
