"""Starting, watching and ending the processes of private servers."""

import atexit
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

# prctl(2): the signal that the kernel sends to a child when its parent ends, however it ends.
_PR_SET_PDEATHSIG = 1
# What this process started and has not seen ending, kept so that it can be reaped.
_children: dict[int, "subprocess.Popen[bytes]"] = {}


class LocalServerError(Exception):
    """A private server cannot be had; the message says why in one sentence."""


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Only one process at once is inside; the others wait for it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    uid: int | None = None,
    die_with_us: signal.Signals | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own, so that Ctrl-C does not reach it.

    Its output is added to `log`. It outlives this process, unless `die_with_us` names the
    signal that shall end it then (Linux only), even if this process is killed. `uid` runs it as
    another user. Raises LocalServerError when the program cannot be started.
    """
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                user=uid,
                group=uid,
                extra_groups=None if uid is None else [],
                preexec_fn=death_signal(die_with_us),
            )
        except OSError as error:
            raise LocalServerError(f"Cannot start {command[0]}: {error.strerror}.") from error
    _children[process.pid] = process
    return process


def death_signal(number: signal.Signals | None) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the kernel sends this signal when the parent's thread ends."""
    if number is None or sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        # The parent may have ended before the kernel knew that we wait for it.
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


@atexit.register
def _let_go() -> None:
    """Say nothing at exit about servers that shall go on running."""
    for child in _children.values():
        if child.poll() is None:
            child.returncode = 0


def runs(pid: int) -> bool:
    """Whether the process is there; one of our own that has ended is reaped first."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(pid: int, number: signal.Signals, seconds: float) -> bool:
    """Send the signal and wait up to `seconds`; whether the process has gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    return wait_until(lambda: not runs(pid), seconds)


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    """Ask every 20 ms until `reached` says yes; False after `seconds`."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def last_line(text: str) -> str:
    """What a program said last, for an error message."""
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing."


def last_line_of(log: Path) -> str:
    """The last line of a log file, which may not be there."""
    return last_line(log.read_text(errors="replace") if log.exists() else "")
