"""A mail server that answers byte for byte what a test tells it to."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sync.reach import Reach
from sync.wire import Credentials, Server

ANNA = Credentials("anna", 'zażółć gęślą \\"jaźń" 密码')
GREETING = b"* OK ready\r\n"
CAPABILITY = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n{tag} OK done\r\n"
# Bytes at the beginning and the end of a slow answer that come one by one.
SINGLY = 10_000
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
    """One command, for an answer that is more than bytes; `memory` is its connection's."""

    def __init__(
        self, sock: socket.socket, lines: BinaryIO, slowly: bool, memory: dict[str, object]
    ) -> None:
        command = _command(sock, lines)
        self.over = not command
        self._lines = lines
        self.tag, _, line = command.partition(b" ")
        self.line = line.decode("utf-8", "surrogateescape")
        self.sock, self._slowly, self.memory = sock, slowly, memory

    def say(self, answer: bytes) -> None:
        answer = answer.replace(b"{tag}", self.tag)
        if not self._slowly:
            self.sock.sendall(answer)
            return
        place = 0
        while place < len(answer):
            # The inside of a large one in small pieces, to come to an end.
            inside = SINGLY <= place < len(answer) - SINGLY
            width = 997 if inside else 1
            self.sock.sendall(answer[place : place + width])
            place += width

    def read_line(self) -> bytes:
        """What the client says next, without being a command."""
        return self._lines.readline().rstrip(b"\r\n")

    def hang_up(self) -> None:
        self.sock.shutdown(socket.SHUT_RDWR)


class Scripted:
    """Answers by the first rule that fits; what no rule fits is BAD. Remembers what was asked."""

    def __init__(
        self, rules: Sequence[Rule], greeting: bytes = GREETING, slowly: bool = False
    ) -> None:
        self._rules = [*rules, *LOGIN]
        self.greeting, self._slowly = greeting, slowly
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
        # It may be taking somebody in at this very moment.
        self._thread.join(5)
        for sock in self._sockets:
            sock.close()

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
        memory: dict[str, object] = {}
        try:
            sock.sendall(self.greeting)
            with sock.makefile("rb") as lines:
                while not (talk := Talk(sock, lines, self._slowly, memory)).over:
                    self.asked.append(talk.line)
                    self.answer(talk)
        except OSError:
            return

    def answer(self, talk: Talk) -> None:
        for pattern, answer in self._rules:
            if re.match(pattern, talk.line, re.IGNORECASE):
                if callable(answer):
                    answer(talk)
                else:
                    talk.say(answer)
                return
        talk.say(b"{tag} BAD unknown\r\n")


def _command(sock: socket.socket, lines: BinaryIO) -> bytes:
    """A command with its literals, whose contents follow their `{n}`; b"" at the end."""
    command = lines.readline()
    while announced := re.search(rb"\{(\d+)(\+?)\}\r\n\Z", command):
        if not announced[2]:
            sock.sendall(b"+ go on\r\n")
        command += lines.read(int(announced[1])) + lines.readline()
    return command.removesuffix(b"\r\n")


def fall_silent(talk: Talk) -> None:
    """Say nothing, until whoever asked has given up and hung up."""
    while talk.read_line():
        pass


@contextmanager
def scripted(*rules: Rule, greeting: bytes = GREETING, slowly: bool = False) -> Iterator[Scripted]:
    server = Scripted(rules, greeting, slowly)
    server.start()
    try:
        yield server
    finally:
        server.stop()
