"""A mail server that answers byte for byte what a test tells it to."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sync.reach import Reach
from sync.wire import Credentials, Server

ANNA = Credentials("anna", 'zażółć gęślą \\"jaźń" 密码')
GREETING = b"* OK ready\r\n"
CAPABILITY = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n{tag} OK done\r\n"
LOOPBACK = Reach.of(["127.0.0.1"])
# A command, without its tag, matched from its beginning; what is answered, {tag} filled in.
Rule = tuple[str, bytes | Callable[["Talk"], None]]
LOGIN: Sequence[Rule] = (
    ("CAPABILITY", CAPABILITY),
    ("AUTHENTICATE", b"{tag} OK in\r\n"),
    ("LOGIN", b"{tag} OK in\r\n"),
    ("LOGOUT", b"* BYE bye\r\n{tag} OK out\r\n"),
    ("NOOP", b"{tag} OK done\r\n"),
)


class Talk:
    """One connection, for an answer that is more than bytes."""

    def __init__(self, sock: socket.socket, tag: bytes, line: str, slowly: bool) -> None:
        self.sock, self.tag, self.line, self._slowly = sock, tag, line, slowly

    def say(self, answer: bytes) -> None:
        answer = answer.replace(b"{tag}", self.tag)
        if not self._slowly:
            self.sock.sendall(answer)
            return
        for place in range(len(answer)):
            self.sock.sendall(answer[place : place + 1])

    def hang_up(self) -> None:
        self.sock.shutdown(socket.SHUT_RDWR)


class Scripted:
    """Answers by the first rule that fits; what no rule fits is BAD. Remembers what was asked."""

    def __init__(
        self, rules: Sequence[Rule], greeting: bytes = GREETING, slowly: bool = False
    ) -> None:
        self._rules = [*rules, *LOGIN]
        self._greeting, self._slowly = greeting, slowly
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self.asked: list[str] = []
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def server(self) -> Server:
        return Server(
            *("127.0.0.1", self.port, "plain"),
            reach=LOOPBACK,
            connect_timeout=20,
            read_timeout=20,
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._sockets:
            sock.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(sock)
            self.connections += 1
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        try:
            sock.sendall(self._greeting)
            with sock.makefile("rb") as lines:
                for line in lines:
                    tag, _, command = line.rstrip(b"\r\n").partition(b" ")
                    self._answer(Talk(sock, tag, command.decode(), self._slowly))
        except OSError:
            return

    def _answer(self, talk: Talk) -> None:
        self.asked.append(talk.line)
        for pattern, answer in self._rules:
            if re.match(pattern, talk.line, re.IGNORECASE):
                if callable(answer):
                    answer(talk)
                else:
                    talk.say(answer)
                return
        talk.say(b"{tag} BAD unknown\r\n")


def stall(seconds: float) -> Callable[[Talk], None]:
    """Says nothing for so long."""
    return lambda talk: time.sleep(seconds)


@contextmanager
def scripted(*rules: Rule, greeting: bytes = GREETING, slowly: bool = False) -> Iterator[Scripted]:
    server = Scripted(rules, greeting, slowly)
    server.start()
    try:
        yield server
    finally:
        server.stop()
