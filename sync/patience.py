"""For how long a server may keep us altogether, however it spends the time. No Django.

Each single answer is waited for only so long. But a server that says a little now and then would
never be waited for too long, and a worker, or a thread of the site, would be its for ever. So the
connection is cut off from outside when the time is over: to whoever waits it looks lost.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Lock, Timer

_opening: ContextVar[Patience | None] = ContextVar("opening", default=None)


class Patience:
    """One connection's, from before there is one until `end`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handle: socket.socket | None = None
        self._timer: Timer | None = None
        self._over = False

    @contextmanager
    def opening(self, seconds: float) -> Iterator[None]:
        """What is connected to inside is cut off after so long, unless `last` says otherwise."""
        self.last(seconds)
        token = _opening.set(self)
        try:
            yield
        except BaseException:
            self.end()
            raise
        finally:
            _opening.reset(token)

    def last(self, seconds: float) -> None:
        """From now on so long."""
        with self._lock:
            self._stop()
            self._timer = Timer(max(seconds, 0), self._cut)
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """It is needed no more; a second time nothing happens."""
        with self._lock:
            self._stop()
            if self._handle is not None:
                self._handle.close()
                self._handle = None

    def hold(self, sock: socket.socket) -> None:
        """By a handle of its own: TLS takes the first one over, and whoever reads may close it."""
        with self._lock:
            self._handle = sock.dup()
        if self._over:
            self._cut()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)


def hold(sock: socket.socket) -> None:
    """Whoever is connecting in this thread decides how long it lasts."""
    patience = _opening.get()
    if patience is not None:
        patience.hold(sock)
