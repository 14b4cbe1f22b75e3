"""docker-compose.yml, read, and the very command of each of its services run natively."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import yaml

from crm_inbox.local.ports import free_port
from crm_inbox.local.processes import wait_until

ROOT = Path(__file__).resolve().parent.parent
SITE = ("setup", "web", "worker", "worker-live", "watcher", "beat")


def compose() -> dict[str, Any]:
    """The file with its variables at their defaults."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)))


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The services' own, with the servers of the tests in place of those of the file."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"compose_{os.getpid()}"
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    ours = {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "REDIS_URL": os.environ["REDIS_URL"],
    }
    theirs = compose()["services"]["web"]["environment"]
    assert set(ours) < set(theirs)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    yield {"PATH": path, "HOME": str(tmp_path)} | theirs | ours
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def test_every_service_can_be_trusted_and_found_again() -> None:
    services = compose()["services"]
    assert set(services) == {"database", "redis", *SITE}
    for name, service in services.items():
        assert service["restart"] == ("no" if name == "setup" else "unless-stopped")
        assert ":" in service["image"] or service["build"] == "."
    for name in SITE:
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
    for name in ("database", "redis"):
        assert services[name]["networks"] == ["inside"]
        assert "ports" not in services[name]
        assert services[name]["healthcheck"]
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_image_runs_the_web_and_not_as_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    command = ", ".join(f'"{word}"' for word in compose()["services"]["web"]["command"])
    assert f"CMD [{command}]" in dockerfile
    assert "\nUSER 10001\n" in dockerfile


def test_the_commands_of_the_services_run(environment: dict[str, str], tmp_path: Path) -> None:
    services = compose()["services"]
    subprocess.run(services["setup"]["command"], cwd=ROOT, env=environment, check=True, timeout=90)
    port = free_port()
    running = {}
    try:
        for name in SITE[1:]:
            command = [_here(word, port, tmp_path) for word in services[name]["command"]]
            running[name] = subprocess.Popen(command, cwd=ROOT, env=environment)
        assert wait_until(lambda: _answers(port), 30)
        assert wait_until(lambda: any(tmp_path.glob("beat*")), 30)
        assert {name for name, process in running.items() if process.poll() is not None} == set()
    finally:
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        for process in running.values():
            process.wait(30)


def _here(word: str, port: int, folder: Path) -> str:
    """The same word for a machine where the port may be taken and /data is another folder."""
    changed = {"--port=8000": f"--port={port}", "--host=0.0.0.0": "--host=127.0.0.1"}
    return changed.get(word, word.replace("/data/", f"{folder}/"))


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return b"CRM Inbox" in answer.read()
    except OSError:
        return False
