"""A link to a mail server that breaks when a certain thing is asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_when(port: int, is_fatal: Callable[[str], bool]) -> Iterator[int]:
    """The port of a proxy that hangs up on both sides before it passes a fatal command on."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", port))
            except OSError:
                # The server behind may be down for a while; who dials hears of it and comes again.
                near.close()
                continue
            for target, pair in ((_ask, (near, far, is_fatal)), (_pass, (far, near))):
                threading.Thread(target=target, args=pair, daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _ask(near: socket.socket, far: socket.socket, is_fatal: Callable[[str], bool]) -> None:
    with suppress(OSError), near.makefile("rb") as lines:
        for line in lines:
            if is_fatal(line.decode(errors="replace")):
                break
            far.sendall(line)
    _close(near, far)


def _pass(far: socket.socket, near: socket.socket) -> None:
    with suppress(OSError):
        while piece := far.recv(65536):
            near.sendall(piece)
    _close(near, far)


def _close(*sockets: socket.socket) -> None:
    for sock in sockets:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()
