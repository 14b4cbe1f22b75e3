"""`make demo` in a clean copy, as a newcomer runs it, up to mail in a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from crm_inbox.local.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
# Milliseconds: a first sync beside whatever else the machine does.
PATIENCE = 120_000
# A newcomer's environment: nothing of this run's servers.
OURS = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "HTTPS", "HASHED_STATIC", "DJANGO_SETTINGS_MODULE")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that git knows, without what a machine has made of them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / "copy" / name)
    return tmp_path / "copy"


@pytest.fixture
def demo(copy: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    process = subprocess.Popen(
        ["make", "demo", f"PORT={free_port(0)}", f"PYTHON={sys.executable}"],
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.mark.needs("chromium")
@pytest.mark.timeout(1200)
def test_a_newcomer_sees_synced_mail(
    demo: subprocess.Popen[str], copy: Path, chromium: Browser
) -> None:
    address, user, password = announced(demo)
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.get_by_label("User name or email address").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    lines = page.locator(".conversation")
    expect(lines.nth(5)).to_be_visible(timeout=PATIENCE)
    lines.first.get_by_role("link").click()
    expect(page.locator(".letter[open]").first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Email sync").click()
    expect(page.get_by_text("Sync past emails")).to_be_visible(timeout=PATIENCE)
    page.close()

    os.killpg(demo.pid, signal.SIGINT)
    assert demo.wait(120) is not None
    assert left_behind(copy) == []


def announced(demo: subprocess.Popen[str]) -> tuple[str, str, str]:
    """The address and the sign-in that the demo prints."""
    said = ""
    assert demo.stdout
    for line in demo.stdout:
        said += line
        if "Ctrl-C ends it all" in line:
            break
    found = re.search(r"(http://\S+/)\s+Sign in as (\S+), password (\S+)\.", said)
    assert found, said
    return found[1], found[2], found[3]


def left_behind(folder: Path) -> list[str]:
    """Command lines of processes that run from the folder or in it."""
    for _ in range(300):
        found = [line for line in command_lines() if str(folder) in line]
        if not found:
            break
        time.sleep(0.2)
    return found


def command_lines() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
