"""The text of a response as nested lists (RFC 3501, 9), and FETCH data by attribute."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from sync.wire.reader import Response

# NIL is None; atoms, numbers, quoted strings and literals are bytes.
Value: TypeAlias = "bytes | list[Value] | None"
Items: TypeAlias = dict[bytes, Value]

# A quote that nothing closes is a token of its own, so that it is seen.
_TOKEN = re.compile(
    rb'[()]|"[^"\\]*(?:\\.[^"\\]*)*"|[Bb][Oo][Dd][Yy](?:\.[A-Za-z]+)?\[[^\]]*\][^ ()"]*|[^ ()"]+|"'
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_WHOLE = re.compile(rb"\d+ FETCH \(UID (\d+) BODY\[\] $")
_FETCH = re.compile(rb"(\d+) FETCH (?=\()", re.IGNORECASE)
_UID = re.compile(rb"[( ]UID (\d+)(?= |\)|$)", re.IGNORECASE)
_DEPTH_LIMIT = 200


class Malformed(Exception):
    """Text that cannot be read. `uid` is that of the message it is about, where one shows."""

    def __init__(self, what: str, uid: int | None = None) -> None:
        super().__init__(what)
        self.uid = uid


def values(response: Response, start: int = 0) -> list[Value]:
    """What stands in the response from character `start` on. Raises Malformed."""
    found: list[Value] = []
    inner = found
    outer: list[list[Value]] = []
    for literal, text in _pieces(response, start):
        if literal is not None:
            inner.append(literal)
        for token in _TOKEN.findall(text):
            if token == b"(":
                outer.append(inner)
                deeper: list[Value] = []
                inner.append(deeper)
                inner = deeper
                if len(outer) > _DEPTH_LIMIT:
                    raise Malformed("too deep")
            elif token == b")":
                if not outer:
                    raise Malformed("a bracket closes nothing")
                inner = outer.pop()
            else:
                inner.append(_value(token))
    if outer:
        raise Malformed("a bracket is not closed")
    return found


def _pieces(response: Response, start: int) -> list[tuple[bytes | None, bytes]]:
    more = response.more
    pieces: list[tuple[bytes | None, bytes]] = [(None, response.text[start:])]
    pieces.extend(zip(more[::2], more[1::2], strict=True))
    return pieces


def _value(token: bytes) -> bytes | None:
    if token[0] == 0x22:
        if len(token) == 1:
            raise Malformed("a quote is not closed")
        return _ESCAPED.sub(rb"\1", token[1:-1]) if b"\\" in token else token[1:-1]
    return None if token in (b"NIL", b"nil") else token


def fetch_data(response: Response) -> tuple[int, Items] | None:
    """Sequence number and attributes of an untagged FETCH; None for any other response.

    Section names come without the list of fields and without the origin: `BODY[1]`,
    `BODY[HEADER.FIELDS]`. Raises Malformed.
    """
    more = response.more
    if len(more) == 2 and more[1] == b")":
        # What nearly every server answers to the request for whole messages.
        whole = _WHOLE.match(response.text)
        if whole:
            return 0, {b"UID": whole[1], b"BODY[]": more[0]}
    head = _FETCH.match(response.text)
    if head is None:
        return None
    try:
        found = values(response, head.end())
        if len(found) != 1 or not isinstance(found[0], list) or len(found[0]) % 2:
            raise Malformed("FETCH without pairs")
        pairs = iter(found[0])
        return int(head[1]), {_key(name): value for name, value in zip(pairs, pairs, strict=True)}
    except Malformed as error:
        error.uid = _shown_uid(response)
        raise


def _shown_uid(response: Response) -> int | None:
    for text in (response.text, *response.more[1::2]):
        if shown := _UID.search(text):
            return int(shown[1])
    return None


@lru_cache(maxsize=1024)
def _known_key(name: bytes) -> bytes:
    upper = name.upper()
    if not upper.startswith(b"BODY["):
        return upper
    section, _, _ = upper[5:].partition(b"]")
    return b"BODY[%s]" % section.partition(b" ")[0]


def _key(name: Value) -> bytes:
    if not isinstance(name, bytes):
        raise Malformed("an attribute without a name")
    return _known_key(name)


def number(value: Value) -> int | None:
    """An unsigned number, None where there is none."""
    if isinstance(value, list):
        value = value[0] if value else None
    return int(value) if isinstance(value, bytes) and value.isdigit() else None
