"""Commands out, responses in, over one socket: tags, literals, several commands in flight."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from sync.wire.errors import (
    CommandRefused,
    ConnectionLost,
    ConnectionTimedOut,
    ProtocolError,
    ServerTroubled,
    WireError,
    throttled,
)
from sync.wire.reader import Reader, Response
from sync.wire.tokens import Malformed

# Bytes of an answer that is kept whole: a SEARCH that lists a million UIDs has 8 MB.
ANSWER_LIMIT = 64 * 1024 * 1024
# About what a response takes beside its text.
_EACH = 200
# For the answer to LOGOUT.
_GOODBYE_SECONDS = 2
_QUOTABLE = re.compile(rb"[\x20-\x7e]{0,1000}")
# The last is Exchange's word, with BAD, while the mailbox behind it is away.
_TROUBLE = re.compile(
    rb"NO \[(?:UNAVAILABLE|INUSE|CONTACTADMIN)[\] ]|authenticated but not connected", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Text:
    """An argument that is sent quoted, or as a literal where quotes cannot hold it."""

    value: bytes

    @property
    def quotable(self) -> bool:
        return _QUOTABLE.fullmatch(self.value) is not None

    def quoted(self) -> bytes:
        return b'"%s"' % self.value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


Argument: TypeAlias = bytes | Text


class Channel:
    """One user at a time: a new exchange ends the one before it, whose answers are read away."""

    def __init__(self, sock: socket.socket, received: bytes, read_timeout: float) -> None:
        self.literal_plus = False
        # Messages in the selected folder, as the server keeps telling.
        self.exists = 0
        self._socket = sock
        self._reader = Reader(sock, received)
        self._dead = False
        self._commands = 0
        self._running: set[bytes] = set()
        # The number of the exchange whose turn it is.
        self.turn = 0
        # A short command must not wait for the acknowledgement of the one before it.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # SO_RCVBUF stays: setting it turns Linux's own, larger and growing window off.
        self._read_timeout = read_timeout
        self.block(True)

    @property
    def alive(self) -> bool:
        return not self._dead

    def command(self, *arguments: Argument) -> tuple[Response, list[Response]]:
        """Send one command and wait; its untagged responses too. Raises WireError on NO or BAD."""
        exchange = self.exchange()
        exchange.send(*arguments)
        done, untagged = exchange.rest()
        if status(done) != "OK":
            raise refusal(done)
        return done, untagged

    @property
    def commands(self) -> int:
        """How many were sent."""
        return self._commands

    def fileno(self) -> int:
        return self._socket.fileno()

    def block(self, wait: bool) -> None:
        """Whether reading waits for the server, up to the read timeout; else see `arrived`."""
        self._socket.settimeout(self._read_timeout if wait else 0)

    def arrived(self) -> bool:
        """Whether `receive` need not wait, on a channel that does not block."""
        self._check_alive()
        try:
            return self._reader.line_is_here()
        except BaseException as error:  # noqa: BLE001
            raise self._ended(error) from None

    def exchange(self) -> Exchange:
        """Begin to talk. What an earlier exchange left unread is read and dropped."""
        self.turn += 1
        while self._running:
            self.receive()
        return Exchange(self, self.turn)

    def close(self) -> None:
        """Say goodbye where that costs no waiting for earlier answers, and hang up."""
        if not self._dead and not self._running:
            with suppress(WireError, OSError):
                self._socket.settimeout(_GOODBYE_SECONDS)
                exchange = self.exchange()
                exchange.send(b"LOGOUT")
                exchange.rest()
        self.hang_up()

    def receive(self) -> Response:
        """The next response. Any failure ends the connection."""
        self._check_alive()
        try:
            response = self._reader.response()
            tag, text = response.tag, response.text
            if tag == b"*":
                if text[:1].isdigit():
                    self._count(text)
                elif text[:4].upper() == b"BYE ":
                    raise _farewell(text)
            elif tag in self._running:
                self._running.remove(tag)
            elif tag != b"+":
                raise ProtocolError("The server's answer belongs to no command.")
        except BaseException as error:  # noqa: BLE001
            raise self._ended(error) from None
        return response

    def send(self, arguments: Sequence[Argument]) -> tuple[bytes, Response | None]:
        """The tag, and the response that ended the command where it was refused half-way."""
        self._check_alive()
        self._commands += 1
        tag = b"C%d" % self._commands
        line = tag
        self._running.add(tag)
        for argument in arguments:
            if isinstance(argument, bytes):
                line += b" " + argument
            elif argument.quotable:
                line += b" " + argument.quoted()
            elif self.literal_plus:
                line += b" {%d+}\r\n%s" % (len(argument.value), argument.value)
            else:
                self.send_line(line + b" {%d}" % len(argument.value))
                refused = self._continued(tag)
                if refused is not None:
                    return tag, refused
                line = argument.value
        self.send_line(line)
        return tag, None

    def send_line(self, line: bytes) -> None:
        self._check_alive()
        try:
            self._socket.sendall(line + b"\r\n")
        except BaseException as error:  # noqa: BLE001
            raise self._ended(error) from None

    def _continued(self, tag: bytes) -> Response | None:
        """Wait until the server wants the rest; a response where it does not."""
        while (response := self.receive()).tag != b"+":
            if response.tag == tag:
                return response
        return None

    def _count(self, text: bytes) -> None:
        if text[-7:].upper() == b" EXISTS" and text[:-7].isdigit():
            self.exists = int(text[:-7])

    def _check_alive(self) -> None:
        if self._dead:
            raise ConnectionLost("The connection was closed.")

    def _ended(self, error: BaseException) -> BaseException:
        """Whatever interrupted reading or writing, a response may be half read: never go on."""
        self.hang_up()
        if isinstance(error, TimeoutError):
            return ConnectionTimedOut()
        if isinstance(error, OSError):
            return ConnectionLost(error.strerror or type(error).__name__)
        return error

    def hang_up(self) -> None:
        self._dead = True
        self._running.clear()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Exchange:
    """A turn at the channel. Raises RuntimeError once somebody else has taken the next one."""

    def __init__(self, channel: Channel, number: int) -> None:
        self._channel = channel
        self._number = number
        self._refused: Response | None = None
        self._kept = 0

    def send(self, *arguments: Argument) -> bytes:
        """Send a command and return its tag."""
        self._check_turn()
        tag, self._refused = self._channel.send(arguments)
        return tag

    def send_line(self, line: bytes) -> None:
        """Send the answer to a `+`."""
        self._check_turn()
        self._channel.send_line(line)

    def receive(self) -> Response:
        self._check_turn()
        if self._refused is not None:
            refused, self._refused = self._refused, None
            return refused
        return self._channel.receive()

    def keep(self) -> Response:
        """The next response, of a command whose responses are collected. Raises ProtocolError
        where they have no end.
        """
        response = self.receive()
        self._kept += _EACH + len(response.text) + sum(map(len, response.more))
        if self._kept > ANSWER_LIMIT:
            self._channel.hang_up()
            raise ProtocolError("The answer has no end.")
        return response

    def rest(self) -> tuple[Response, list[Response]]:
        """All up to the end of a command that was sent alone: its end, and what came before."""
        untagged = []
        while (response := self.keep()).tag in (b"*", b"+"):
            untagged.append(response)
        return response, untagged

    def _check_turn(self) -> None:
        if self._number != self._channel.turn:
            raise RuntimeError("Another command was sent before this answer was read to its end.")


def status(done: Response) -> str:
    """OK, NO or BAD."""
    return done.text.partition(b" ")[0].upper().decode("ascii", "replace")


def words(done: Response) -> str:
    """What the server says after OK, NO or BAD."""
    return done.text.partition(b" ")[2].decode("utf-8", "replace")


def refusal(done: Response) -> WireError:
    """The error that a NO or BAD stands for."""
    text = words(done)
    found = throttled(text)
    if found is not None:
        return found
    if _TROUBLE.search(done.text):
        return ServerTroubled(text)
    return CommandRefused(f"{status(done)} {text}")


def _farewell(text: bytes) -> WireError:
    said = text[4:].decode("utf-8", "replace")
    return throttled(said) or ConnectionLost(said)


def unreadable(error: Malformed) -> ProtocolError:
    return ProtocolError(f"The answer cannot be read: {error}.")
