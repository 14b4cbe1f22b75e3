"""What the first visit to the inbox needs, from the server that companies run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import Browser, StorageState

from crm_inbox.local.ports import LOOPBACK, answers, free_port
from crm_inbox.local.processes import wait_until
from sync.models import Account
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT = 100_000


@pytest.fixture
def served(annas_account: Account, tmp_path: Path) -> Iterator[str]:
    """The site behind Granian with hashed, compressed files, on this test's database."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
        "HASHED_STATIC": "yes",
        "HTTPS": "no",
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    port = free_port(0)
    command = [sys.executable, "-m", "granian", "--interface=wsgi", f"--host={LOOPBACK}"]
    command += [f"--port={port}", "--log-level=warning", "crm_inbox.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until(lambda: answers(port), 60)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        server.terminate()
        server.wait()


def test_the_first_paint_is_light_and_asks_nobody_else(
    served: str, annas_account: Account, chromium: Browser
) -> None:
    for number in range(1, 61):
        text = (
            f"Dear Anna, about offer {number}: the price of part {number * 37} is {number * 113}."
        )
        sender = f"Person {number} <p{number}@firm{number % 7}.example>"
        receive(annas_account, mail(f"offer {number * 7919}", text, sender=sender), number)
    context = chromium.new_context(base_url=served, storage_state=_signed_in(served, chromium))
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    wire.on(
        "Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]})
    )
    wire.on(
        "Network.loadingFinished",
        lambda e: sizes.update({names[e["requestId"]]: int(e["encodedDataLength"])}),
    )
    page.goto("/inbox/", wait_until="networkidle")
    context.close()
    assert len(sizes) > 10
    assert {urlsplit(url).netloc for url in names.values()} - {urlsplit(served).netloc} <= {""}
    assert sum(sizes.values()) < LIMIT, sizes


def _signed_in(served: str, chromium: Browser) -> StorageState:
    context = chromium.new_context(base_url=served, locale="en")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/sign-in/")
    page.get_by_label("User name or email address").fill("anna")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")
    state = context.storage_state()
    context.close()
    return state
