"""The demo's own processes: their output with a prefix, their end in order."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from crm_inbox.local.processes import LocalServerError, death_signal

_WIDTH = 6


class Child:
    """One process in a session of its own, which ends when we do, however we end."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        dying: signal.Signals = signal.SIGTERM,
    ) -> None:
        """`dying` is what it is sent when we are killed. Raises LocalServerError."""
        self.name = name
        try:
            self._process = subprocess.Popen(
                list(command),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=death_signal(dying),
            )
        except OSError as error:
            raise LocalServerError(f"Cannot start {command[0]}: {error.strerror}.") from error
        self._reader = threading.Thread(target=self._pass_on, daemon=True)
        self._reader.start()

    @property
    def status(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def stop(self, seconds: float) -> None:
        """Ask it to end, and after `seconds` end it and all it started."""
        if self.status is None:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                say(self.name, "does not end by itself")
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(timeout=2)

    def finish(self) -> None:
        """Wait for its end; raises LocalServerError when it failed."""
        status = self._process.wait()
        self._reader.join(timeout=2)
        if status:
            raise LocalServerError(f"The demo's {self.name} failed; its words are above.")

    def _pass_on(self) -> None:
        stream = self._process.stdout
        if stream is not None:
            for line in stream:
                say(self.name, line.decode(errors="replace").rstrip())


def say(name: str, line: str) -> None:
    """One line on the terminal, with the name of who says it."""
    sys.stdout.write(f"{name:>{_WIDTH}} | {line}\n")
    sys.stdout.flush()
