"""docker-compose.yml as Compose reads it, and a machine that runs its services without Docker.

The servers are those of the tests, and the folders that are volumes lie in a temporary one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml

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
