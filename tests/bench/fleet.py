"""A company's installation on this machine: the very commands of docker-compose.yml, native.

What ends is started again, as Docker would (`restart: unless-stopped`); killing takes a service's
whole session along, as a container's end does.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from crm_inbox.local import postgres, valkey
from crm_inbox.local.dovecot import Dovecot
from crm_inbox.local.ports import LOOPBACK
from crm_inbox.local.processes import death_signal

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "fleet password"


def services() -> dict[str, Any]:
    """Those of the file, with its variables at their defaults."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))["services"])


class Fleet:
    """PostgreSQL, Valkey and Dovecot in a folder; services that are started by name."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder = folder.resolve()
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DATA_DIR": str(folder),
            "DATABASE_URL": postgres.ensure(folder, die_with_us=True),
            "REDIS_URL": valkey.ensure(folder, die_with_us=True),
            "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "HTTPS": "no",
            "HASHED_STATIC": "no",
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        self.dovecot = Dovecot(folder / "dovecot")
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, list[str]] = {}
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Fleet:
        self.dovecot.start()
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._keeper.join()
        for name in list(self._running):
            self.kill(name)
        self.dovecot.stop()
        valkey.stop(self.folder)
        postgres.stop(self.folder)

    def start(self, service: str, name: str = "", *more: str) -> None:
        """A service of the file by its command, once more under another name."""
        name = name or service
        command = [
            word.replace("/data/", f"{self.folder}/").replace("host=0.0.0.0", f"host={LOOPBACK}")
            for word in command_of(service)
        ]
        if command[0] == "celery" and "worker" in command:
            command.append(f"--hostname={name}@%h")
        with self._lock:
            self._commands[name] = [*command, *more]
            self._spawn(name)

    def stop(self, name: str) -> None:
        """For good."""
        with self._lock:
            del self._commands[name]
            self.kill(name)
            del self._running[name]

    def kill(self, name: str) -> None:
        """kill -9, of all that the service has started, too."""
        process = self._running[name]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_a_child(self, name: str) -> bool:
        """kill -9 of a single process that the service has started; False where there is none."""
        pid = self._running[name].pid
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        children = listed.read_text().split() if listed.exists() else []
        if not children:
            return False
        with suppress(ProcessLookupError):
            os.kill(int(children[-1]), signal.SIGKILL)
        return True

    def restart_postgres(self) -> None:
        postgres.stop(self.folder)
        postgres.ensure(self.folder, die_with_us=True)

    def _spawn(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=death_signal(signal.SIGTERM),
            )

    def _keep(self) -> None:
        while not self._ending.wait(0.5):
            with self._lock:
                for name in self._commands:
                    if self._running[name].poll() is not None:
                        self._spawn(name)


def command_of(service: str) -> list[str]:
    return list(services()[service]["command"])


@contextmanager
def prepared(folder: Path, **settings: str) -> Iterator[Fleet]:
    """A fleet with its tables, and Django of this process on its database."""
    # Whoever ends us ends the fleet in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Fleet(folder, **settings) as fleet:
        setup = command_of("setup")
        subprocess.run(setup, cwd=ROOT, env=fleet.environment, check=True, capture_output=True)
        os.environ |= fleet.environment
        os.environ["DJANGO_SETTINGS_MODULE"] = "crm_inbox.settings"
        import django

        django.setup()
        yield fleet


def peak_mb(pid: int) -> float:
    """The most that the process has held so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def wait(reached: Callable[[], bool], seconds: float, what: str) -> None:
    """Raises TimeoutError that names what did not happen."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {seconds} s: {what}")
        time.sleep(0.01)
