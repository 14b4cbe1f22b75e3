"""A watcher's connection to a mailbox. No Django.

Its methods wait for the server, so they run in threads, but for `fileno` and `heard`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer

from sync import plan
from sync.patience import Patience
from sync.wire import Connection, Credentials, FolderStatus, Idle, Server, WireError

# A server that keeps a thread for longer is given up, whatever it says meanwhile.
JOB_SECONDS = 120.0


@dataclass(frozen=True)
class Target:
    """Where to listen: the state of each folder, by raw name, as it is known at home.

    The first folder is the one whose news comes at once.
    """

    server: Server
    credentials: Credentials
    folders: Mapping[bytes, plan.KnownState]


def _server(status: FolderStatus) -> plan.ServerState:
    return plan.ServerState(
        status.messages, status.uidvalidity, status.uidnext, status.highestmodseq
    )


class Line:
    """Raises WireError. Afterwards only `hang_up` may be called."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection: Connection | None = None
        self._idle: Idle | None = None
        self._seen: dict[bytes, FolderStatus] = {}
        self._given_up = False

    @property
    def idles(self) -> bool:
        """False where the server cannot tell by itself, and only rounds bring news."""
        return self._idle is not None

    def open(self) -> bool:
        """Connect and begin to wait; whether anything is unlike what is known at home."""
        patience = Patience()
        with patience.opening(JOB_SECONDS):
            self._connection = Connection.open(self._target.server, self._target.credentials)
            if self._given_up:
                self.hang_up()
            found = self._ask()
            known = self._target.folders
            changed = any(plan.compare(_server(found[name]), known[name]) for name in found)
            changed = self._wait() or changed or len(found) < len(known)
        patience.end()
        return changed

    def round(self) -> bool:
        """Ask how all folders are, and wait again; whether anything has changed."""
        ending = Timer(JOB_SECONDS, self.hang_up)
        ending.daemon = True
        ending.start()
        try:
            heard = self._idle.end() if self._idle else False
            self._idle = None
            before = self._seen
            changed = self._ask() != before
            return self._wait() or changed or heard
        finally:
            ending.cancel()

    def fileno(self) -> int:
        assert self._idle is not None  # noqa: S101 - asked only where `idles`
        return self._idle.fileno()

    def heard(self) -> bool:
        """Whether the server has told of news. Never waits."""
        return self._idle is not None and self._idle.news()

    def hang_up(self) -> None:
        """Never waits: in the middle of IDLE nobody says goodbye."""
        self._given_up = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.hang_up()

    def _ask(self) -> dict[bytes, FolderStatus]:
        """The state of each folder that can be had; the others are for a worker to find out."""
        assert self._connection is not None  # noqa: S101 - it is open
        answers = self._connection.statuses(self._target.folders)
        self._seen = {name: found for name, found in answers if not isinstance(found, WireError)}
        return self._seen

    def _wait(self) -> bool:
        """Begin to wait; whether the folder has changed since it was asked for."""
        connection, first = self._connection, next(iter(self._target.folders), None)
        assert connection is not None  # noqa: S101 - it is open
        if not connection.capabilities.idle or first not in self._seen:
            return False
        opened = connection.examine(first)
        self._idle = connection.idle()
        return opened.messages != self._seen[first].messages
