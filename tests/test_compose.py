"""docker-compose.yml, read, and the very commands of its services run natively, with the demo.

No Docker is needed: the servers are those of the tests, and the folders that are volumes lie in a
temporary one. compose.schema.json is the Compose Specification's own (Apache License 2.0).
"""

from __future__ import annotations

import imaplib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jsonschema
import psycopg2
import pytest
import yaml

from crm_inbox.demo.choices import PASSWORD, USERNAME
from crm_inbox.demo.mailbox import ADDRESS
from crm_inbox.local.ports import free_port
from crm_inbox.local.processes import wait_until

ROOT = Path(__file__).resolve().parent.parent
ONCE = ("keys", "setup", "demo")
ALIVE = ("worker", "worker-live", "watcher", "beat")
SITE = ("setup", "web", *ALIVE, "demo")
SERVERS = ("database", "redis")
VOLUMES = ("/data", "/secrets", "/database-secret", "/mail")
PATIENCE = 240


def compose(**variables: str) -> dict[str, Any]:
    """The file with its variables as Compose would put them in."""

    def value(match: re.Match[str]) -> str:
        name, rule, word = match.groups()
        given = variables.get(name, "")
        return (given or word) if rule == "-" else (given and word)

    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(yaml.load(re.sub(r"\$\{(\w+):([-+])([^}]*)\}", value, text), Strict))  # noqa: S506


class Strict(yaml.SafeLoader):
    """Like Compose, and unlike PyYAML, it takes no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if key.value != "<<"]
        assert len(names) == len(set(names)), f"twice: {names}"
        return super().construct_mapping(node, deep)


DEMO = compose(COMPOSE_PROFILES="demo")["services"]


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


class Machine:
    """The services' commands with their environments, in a folder in place of the volumes."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder, self.port, self.imap_port = folder, free_port(), free_port()
        self._database_url, self._redis_url = database_url, redis_url
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for volume in VOLUMES:
            (folder / volume.strip("/")).mkdir(mode=0o700)

    def once(self, name: str, *command: str) -> str:
        ran = subprocess.run(
            command or self._command(name),
            cwd=ROOT,
            env=self._environment(name),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def start(self, service: str, number: int = 1) -> None:
        name = f"{service}-{number}"
        command = self._command(service)
        if service == "worker":
            # Containers have names of their own.
            command.append(f"--hostname={number}@%h")
        with (self.folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(service, name), stdout=log, stderr=log
            )

    def is_healthy(self, name: str) -> bool:
        service = name.rpartition("-")[0]
        test = [self._here(word, name) for word in DEMO[service]["healthcheck"]["test"][1:]]
        return not subprocess.run(
            test, env=self._environment(service), capture_output=True, timeout=60
        ).returncode

    def healthy(self) -> None:
        for name in self._running:
            assert wait_until(lambda name=name: self.is_healthy(name), PATIENCE), self.log(name)  # type: ignore[misc]

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    @property
    def ended(self) -> dict[str, str]:
        """Processes that are no more, with what they said."""
        return {
            name: self.log(name) for name, one in self._running.items() if one.poll() is not None
        }

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def page(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return str(answer.read().decode())

    def metrics(self) -> str:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/metrics", headers={"Authorization": "Bearer quincunx"}
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 - this machine
            return str(answer.read().decode())

    def keys(self) -> None:
        self.once("keys")
        address = self.folder / "secrets" / "database_url"
        made = address.read_text()
        password = (self.folder / "database-secret" / "postgres_password").read_text().strip()
        assert made == f"postgresql://crm_inbox:{password}@database:5432/crm_inbox\n"
        before = {path: path.read_text() for path in self.folder.glob("*secret*/*")}
        self.once("keys")
        assert {path: path.read_text() for path in self.folder.glob("*secret*/*")} == before
        address.write_text(self._database_url)

    def _command(self, service: str) -> list[str]:
        return [self._here(word) for word in DEMO[service]["command"]]

    def _environment(self, service: str, name: str = "") -> dict[str, str]:
        theirs = DEMO[service].get("environment", {})
        here = {key: self._here(value, name) for key, value in theirs.items() if value is not None}
        if "REDIS_URL" in here:
            here["REDIS_URL"] = self._redis_url
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "PYTHONUNBUFFERED": "1"} | here

    def _here(self, word: str, name: str = "") -> str:
        """The same word on this machine."""
        for volume in VOLUMES:
            word = re.sub(rf"(^|[='(]){volume}\b", rf"\1{self.folder}{volume}", word)
        changed = {
            "--port=8000": f"--port={self.port}",
            "--host=0.0.0.0": "--host=127.0.0.1",
            "--listen=0.0.0.0": "--listen=127.0.0.1",
            "--port=1143": f"--port={self.imap_port}",
            "--imap-port=1143": f"--imap-port={self.imap_port}",
            "--imap-host=mailbox": "--imap-host=127.0.0.1",
            ",mailbox": "127.0.0.1",
        }
        alive = f"{self.folder}/{name}.alive"
        word = changed.get(word, word.replace("/tmp/alive", alive))  # noqa: S108
        return word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")


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
