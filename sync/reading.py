"""Mail is read in a process of its own.

It takes another core than the fetching and the storing. And mail is written by strangers: a
message on which the reading hangs or dies takes neither the worker nor its neighbours along.
"""

from __future__ import annotations

import atexit
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection

from django.conf import settings

from sync import rows
from sync.parse import Unread
from sync.rows import MessageRows

# The slowest real messages take a second; what takes this long would never end. Nobody renews the
# lease meanwhile: should it run out and another worker take the account, nothing is committed.
PATIENCE_SECONDS = 15.0


# Until a process is there to read, on a machine that is busy. Not the mail's fault.
START_SECONDS = 45.0


class NoReader(Exception):
    """No process can read here now. No message is to blame."""


# A process is worth keeping for the next account.
_idle: list[Reader] = []


def take_reader() -> Reader:
    return _idle.pop() if _idle else Reader()


def give_back(reader: Reader) -> None:
    _idle.append(reader)


# Two processes on one line would read each other's answers.
os.register_at_fork(after_in_child=_idle.clear)


@atexit.register
def _close_idle() -> None:
    while _idle:
        _idle.pop().close()


class Reader:
    """Starts its process at the first use and again when it has died. For one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def read(self, letters: Sequence[Unread], suspected: bool = False) -> list[MessageRows]:
        """The rows of each message, a stub for what cannot be read; `suspected` are those of a
        batch that took too long. Raises NoReader.
        """
        timed_out = False
        for _ in range(2):
            try:
                return self._ask(letters)
            except (TimeoutError, BlockingIOError):
                self.close()
                timed_out = True
                if suspected or len(letters) > 1:
                    break
            except (EOFError, ConnectionError):
                # Somebody else may have killed it; a second time it was the mail.
                self.close()
            except BaseException:
                # What is left on the line is no answer to the next question.
                self.close()
                raise
        if len(letters) == 1:
            return [rows.unreadable(letters[0])]
        return [message for one in letters for message in self.read([one], timed_out)]

    def close(self) -> None:
        """End the process, busy or not."""
        if self._process is not None and self._line is not None:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._process = self._line = None

    def _ask(self, letters: Sequence[Unread]) -> list[MessageRows]:
        line = self._line or self._start()
        line.send(letters)
        if not line.poll(PATIENCE_SECONDS):
            raise TimeoutError
        answer: list[MessageRows] = line.recv()
        return answer

    def _start(self) -> Connection:
        try:
            line = self._launch()
        except OSError as error:
            raise NoReader("No process that reads mail can be started.") from error
        try:
            self._greet(line)
        except BaseException:
            self.close()
            raise
        return line

    def _launch(self) -> Connection:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            for stalled in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
                ours.setsockopt(socket.SOL_SOCKET, stalled, _timeval(PATIENCE_SECONDS))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sync.reading_process", str(theirs.fileno())],
                cwd=settings.BASE_DIR,
                pass_fds=(theirs.fileno(),),
            )
            self._line = Connection(ours.detach())
        return self._line

    def _greet(self, line: Connection) -> None:
        try:
            form = line.recv() if line.poll(START_SECONDS) else None
        except (EOFError, OSError) as error:
            raise NoReader("The process that reads mail does not start.") from error
        if form is None:
            raise NoReader(f"The process that reads mail is not there after {START_SECONDS:g} s.")
        if form != rows.FORM:
            raise NoReader("The program was replaced while it runs: restart the workers.")


def _timeval(seconds: float) -> bytes:
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
