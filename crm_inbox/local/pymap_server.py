"""The demo's IMAP server on a machine without Dovecot: pymap, which keeps mail in memory.

It is good for about 500 messages, and every start has an empty mailbox with a new UIDVALIDITY.
"""

import importlib.util
import os
import signal
import sys
from pathlib import Path

from crm_inbox.local.ports import answers, free_port
from crm_inbox.local.processes import LocalServerError, end, last_line_of, runs, start, wait_until

WAIT_SECONDS = 30


class Pymap:
    """One server for one login, on a loopback port, without TLS."""

    name = "pymap"
    comfortable_count = 500
    keeps_mail = False

    def __init__(self, folder: Path, username: str, password: str) -> None:
        self._folder, self._username, self._password = folder, username, password
        self.port = 0
        self._pid: int | None = None

    @staticmethod
    def available() -> bool:
        return importlib.util.find_spec("pymap") is not None

    def start(self) -> None:
        """Returns once it answers, on `self.port`. Raises LocalServerError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = free_port(self.port)
        log = self._folder / "pymap.log"
        process = start(
            [sys.executable, "-c", "from pymap.main import main; main()", f"@{self._arguments()}"],
            log,
            die_with_us=signal.SIGTERM,
        )
        self._pid = process.pid
        wait_until(lambda: answers(self.port) or not runs(process.pid), WAIT_SECONDS)
        if not answers(self.port):
            raise LocalServerError(f"The demo's IMAP server does not start: {last_line_of(log)}")

    def stop(self) -> None:
        if self._pid is not None and not end(self._pid, signal.SIGTERM, 5):
            end(self._pid, signal.SIGKILL, 5)
        self._pid = None

    def _arguments(self) -> Path:
        """A private file with its arguments: a list of processes shows no password."""
        path = self._folder / "pymap.arguments"
        lines = ["--host=127.0.0.1", f"--port={self.port}", "--no-tls", "dict"]
        lines += [f"--demo-user={self._username}", f"--demo-password={self._password}"]
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            # pymap reads $NAME in this file as an environment variable.
            file.write("\n".join(lines).replace("$", "$$") + "\n")
        return path
