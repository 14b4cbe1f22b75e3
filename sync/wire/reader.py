"""Responses out of a socket, as fast as Python can take them.

imaplib reads line by line through two layers and a regular expression each; here a large piece
is received at once, searched for its line ends, and a literal is copied at most once.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass

from sync.wire.errors import ConnectionLost, ProtocolError

# Bytes asked of the socket at once.
_RECEIVE = 256 * 1024
# The same where only a line or two can come.
_LITTLE = 4096
# A SEARCH that lists a million UIDs has 8 MB; what is longer is no answer.
_LINE_LIMIT = 32 * 1024 * 1024
_LITERAL_LIMIT = 256 * 1024 * 1024
_LITERAL = re.compile(rb"~?\{(\d{1,18})\+?\}$")
_STATUS = (b"OK ", b"NO ", b"BAD ", b"BYE ", b"PREAUTH ")


@dataclass(slots=True)
class Response:
    """`tag` is `*`, `+` or a command's. `text` is the rest of the line, without `{n}`.

    `more` holds, in turn, a literal and the text that follows it (RFC 3501, 7).
    """

    tag: bytes
    text: bytes
    more: list[bytes]


class Reader:
    def __init__(self, sock: socket.socket, received: bytes = b"") -> None:
        """`received` is what somebody else has read from the socket already."""
        self._socket = sock
        self._buffer = received
        self._position = 0

    def response(self) -> Response:
        """The next one. Raises ConnectionLost at the end, ProtocolError, and OSError."""
        tag, _, text = self._line().partition(b" ")
        if tag != b"*" or text[-1:] != b"}" or text[:8].upper().startswith(_STATUS):
            return Response(tag, text, [])
        more: list[bytes] = []
        text, size = _literal(text)
        following, left = text, size
        while left is not None:
            more.append(self._exactly(left))
            following, left = _literal(self._line())
            more.append(following)
        return Response(tag, text, more)

    def line_is_here(self) -> bool:
        """Whether a line can be had without waiting, from a socket that does not block."""
        while self._buffer.find(b"\r\n", self._position) < 0:
            if len(self._buffer) - self._position > _LINE_LIMIT:
                raise ProtocolError("A line without end.")
            try:
                piece = self._socket.recv(_LITTLE)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            if not piece:
                raise ConnectionLost("The server closed the connection.")
            self._buffer, self._position = self._buffer[self._position :] + piece, 0
        return True

    def _line(self) -> bytes:
        start = self._position
        end = self._buffer.find(b"\r\n", start)
        if end < 0:
            self._fill_line()
            start, end = 0, self._buffer.index(b"\r\n")
        self._position = end + 2
        return self._buffer[start:end]

    def _fill_line(self) -> None:
        pieces = [self._buffer[self._position :]]
        size = len(pieces[0])
        cut_pair = False
        while not cut_pair and b"\r\n" not in pieces[-1]:
            if size > _LINE_LIMIT:
                raise ProtocolError("A line without end.")
            piece = self._receive()
            size += len(piece)
            cut_pair = piece[:1] == b"\n" and pieces[-1][-1:] == b"\r"
            pieces.append(piece)
        self._buffer, self._position = b"".join(pieces), 0

    def _exactly(self, size: int) -> bytes:
        start, end = self._position, self._position + size
        if end <= len(self._buffer):
            self._position = end
            return self._buffer[start:end]
        if size > _LITERAL_LIMIT:
            raise ProtocolError(f"A literal of {size} bytes.")
        pieces = [self._buffer[start:]]
        missing = size - len(pieces[0])
        while missing > 0:
            piece = self._receive()
            pieces.append(piece if len(piece) <= missing else piece[:missing])
            missing -= len(piece)
        # What is missing is negative now: by what the last piece holds too much.
        self._buffer, self._position = piece, len(piece) + missing
        return b"".join(pieces)

    def _receive(self) -> bytes:
        piece = self._socket.recv(_RECEIVE)
        if not piece:
            raise ConnectionLost("The server closed the connection.")
        return piece


def _literal(text: bytes) -> tuple[bytes, int | None]:
    """The text without the literal that its end announces, and that literal's size."""
    if text[-1:] != b"}":
        return text, None
    announced = _LITERAL.search(text)
    if announced is None:
        return text, None
    return text[: announced.start()], int(announced[1])
