"""docker-compose.yml, read, and the very commands of its services run natively, with the demo.

No Docker is needed. compose.schema.json is the Compose Specification's own (Apache License 2.0).
"""

from __future__ import annotations

import imaplib
import json
import os
import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jsonschema
import psycopg2
import pytest

from crm_inbox.demo.choices import PASSWORD, USERNAME
from crm_inbox.demo.mailbox import ADDRESS
from crm_inbox.local import postgres
from crm_inbox.local.processes import wait_until
from tests.compose import DEMO, ONCE, PATIENCE, ROOT, SERVERS, SITE, Machine, compose


def test_it_keeps_to_the_schema() -> None:
    schema = json.loads((ROOT / "tests" / "compose.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose())


def test_every_service_can_be_trusted_and_found_again() -> None:
    services = compose()["services"]
    assert set(services) == {"keys", "mailbox", *SERVERS, *SITE}
    for name, service in services.items():
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
        assert re.search(r":\d[\d.]+", service["image"]) or service["build"]["context"] == "."
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert name in ONCE or service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    for name in (*SERVERS, "mailbox"):
        assert services[name]["networks"] == ["inside"]
        assert "ports" not in services[name]
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_every_volume_that_is_named_is_there_and_no_other() -> None:
    named = {
        volume.partition(":")[0]
        for service in compose()["services"].values()
        for volume in service.get("volumes", ())
    }
    assert named == set(compose()["volumes"])


def test_no_password_is_in_it_and_the_database_sees_no_key() -> None:
    services = compose()["services"]
    for service in services.values():
        for name in service.get("environment", {}):
            secret = re.search(r"PASSWORD|SECRET(?!S_DIR)|KEYS|TOKEN|DSN|DATABASE_URL", name)
            address = name.endswith(("_FILE", "_URL")) and name != "DATABASE_URL"
            assert not secret or address, name
    assert not any(volume.startswith("secrets:") for volume in services["database"]["volumes"])


def test_every_setting_can_be_made() -> None:
    """In .env, or as a file beside the keys."""
    settings = (ROOT / "crm_inbox" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    environment = compose()["services"]["worker"]["environment"]
    made = set(environment) | {name.removesuffix("_FILE") for name in environment}
    secret = {
        *("EMAIL_HOST_PASSWORD", "METRICS_TOKEN", "SENTRY_DSN"),
        *("OAUTH_GOOGLE_CLIENT_SECRET", "OAUTH_MICROSOFT_CLIENT_SECRET"),
    }
    assert read - made == secret | {"DEBUG", "HASHED_STATIC"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"`{name.lower()}`" in readme for name in secret)


def test_private_hosts_and_plain_text_are_for_the_demo_only() -> None:
    plain = compose()["services"]["worker"]["environment"]
    assert (plain["ALLOW_PRIVATE_HOSTS"], plain["SYNC_ALLOW_PLAINTEXT"]) == ("", "")
    demo = DEMO["worker"]["environment"]
    assert (demo["ALLOW_PRIVATE_HOSTS"], demo["SYNC_ALLOW_PLAINTEXT"]) == (",mailbox", "yes")


def test_the_database_logs_nothing_of_the_mail_that_it_refuses() -> None:
    options = [word for option in postgres.DISCREET for word in ("-c", option)]
    assert DEMO["database"]["command"] == ["postgres", *options]


def test_the_images_run_the_services_and_not_as_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for name, target in (("web", "site"), ("mailbox", "mailbox")):
        stage = dockerfile.partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
        command = ", ".join(f'"{word}"' for word in DEMO[name]["command"])
        assert DEMO[name]["build"]["target"] == target
        assert f"CMD [{command}]" in stage
        assert re.findall(r"^USER (\w+)$", stage, re.MULTILINE)[-1] == "10001"
    for copied in re.findall(r"^COPY (\S+)", dockerfile, re.MULTILINE):
        assert f"!{copied}\n" in (ROOT / ".dockerignore").read_text(encoding="utf-8")


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"compose_{os.getpid()}"
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(url._replace(path=f"/{name}"))
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


@pytest.fixture
def machine(database: str, tmp_path: Path) -> Iterator[Machine]:
    redis = urlsplit(os.environ["REDIS_URL"])
    machine = Machine(tmp_path, database, urlunsplit(redis._replace(path="/1")))
    yield machine
    machine.stop()


@pytest.mark.needs("dovecot")
@pytest.mark.timeout(900)
def test_its_commands_bring_the_demo_up_and_sync_its_mailbox(
    machine: Machine, database: str
) -> None:
    machine.keys()
    (machine.folder / "secrets" / "metrics_token").write_text("quincunx\n")
    machine.start("mailbox")
    machine.once("setup")
    machine.healthy()
    machine.once("demo")
    for service in ("web", "worker", "worker-live", "watcher", "beat"):
        machine.start(service)
    machine.start("worker", 2)
    machine.healthy()
    assert "CRM Inbox" in machine.page("/sign-in/")

    connection = psycopg2.connect(database)
    connection.autocommit = True
    with connection.cursor() as cursor:

        def one(statement: str) -> Any:
            cursor.execute(statement)
            row = cursor.fetchone()
            return row and row[0]

        done = "SELECT first_sync_done_at FROM sync_account"
        assert wait_until(lambda: one(done) is not None, PATIENCE), machine.log("worker-1")
        begin = (
            "from sync import runs; from sync.models import Account;"
            "runs.start_past_sync(Account.objects.get(), 12, 'everyone')"
        )
        machine.once("demo", "python", "manage.py", "shell", "-c", begin)
        done = "SELECT finished_at FROM sync_run WHERE kind = 'past' AND state = 'done'"
        assert wait_until(lambda: one(done) is not None, PATIENCE), machine.log("worker-1")
        cursor.execute("SELECT extract(epoch FROM since) FROM sync_run WHERE kind = 'past'")
        since = float(cursor.fetchone()[0])
        cursor.execute(
            "SELECT raw_name, array_agg(uid), bool_or(state = 'listed') FROM sync_ledgerentry"
            " JOIN sync_folder folder ON folder.id = folder_id GROUP BY raw_name"
        )
        ledger = {bytes(name): (set(uids), listed) for name, uids, listed in cursor.fetchall()}
        assert not any(listed for _, listed in ledger.values())
        there = _on_the_server(machine, list(ledger), since)
        assert {name for name, uids in there.items() if uids - ledger[name][0]} == set()
        assert sum(map(len, there.values())) > 1000
        assert one("SELECT count(*) FROM sync_message") > 1000
    connection.close()

    ready = json.loads(machine.page("/health/ready"))
    assert ready == {"ready": True, "wrong": {}}
    assert "crm_inbox_queue_seconds" in machine.metrics()
    assert machine.ended == {}
    with _slow_forms(machine, 8):
        _signs_in(machine)
    told = machine.log("worker-1") + machine.log("worker-2")
    said = [json.loads(line) for line in told.splitlines() if line[:1] == "{"]
    assert any(line.get("run") and line["logger"] == "sync.draining" for line in said), told


def _on_the_server(machine: Machine, folders: list[bytes], since: float) -> dict[bytes, set[int]]:
    """UIDs from a moment on, by folder."""
    client = imaplib.IMAP4("127.0.0.1", machine.imap_port)
    client.login(ADDRESS, (machine.folder / "mail" / "imap_password").read_text().strip())
    found = {}
    for folder in folders:
        client.select(f'"{folder.decode()}"', readonly=True)
        _, answers = client.fetch("1:*", "(UID INTERNALDATE)")
        found[folder] = {
            int(re.search(rb"UID (\d+)", answer)[1])  # type: ignore[index]
            for answer in answers
            if isinstance(answer, bytes) and _moment(answer) >= since
        }
    client.logout()
    return found


def _moment(answer: bytes) -> float:
    moment = imaplib.Internaldate2tuple(answer)
    assert moment is not None
    return time.mktime(moment)


@contextmanager
def _slow_forms(machine: Machine, count: int) -> Iterator[None]:
    """So many browsers whose forms do not come to an end; each keeps a thread of the site."""
    with urllib.request.urlopen(f"http://127.0.0.1:{machine.port}/sign-in/", timeout=30) as page:
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    form = (
        f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1:{machine.port}\r\nCookie: {cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
    ).encode()
    with ExitStack() as open_forms:
        for _ in range(count):
            slow = socket.create_connection(("127.0.0.1", machine.port))
            open_forms.enter_context(slow).sendall(form)
        yield


def _signs_in(machine: Machine) -> None:
    """By the form, as a person does."""
    jar = urllib.request.HTTPCookieProcessor()
    browser = urllib.request.build_opener(jar)
    address = f"http://127.0.0.1:{machine.port}/sign-in/"
    page = browser.open(address, timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": USERNAME, "password": PASSWORD}
    sent = urllib.request.Request(
        address, urllib.parse.urlencode(form).encode(), {"Referer": address}
    )
    assert browser.open(sent, timeout=30).url.endswith("/inbox/")
