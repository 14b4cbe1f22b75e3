"""Parameters of Content-Type and Content-Disposition (RFC 2045, 5.1 and RFC 2231)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from sync.parse.charsets import clean, decode
from sync.parse.words import decode_words

# Values with spaces and no quotes are against the grammar and common all the same.
_PARAMETER = re.compile(r""";\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))""", re.DOTALL)
# `name`, `name*`, `name*0` and `name*0*`.
_KEY = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")
_FIELD_LIMIT = 16 * 1024
_PIECES_LIMIT = 200


@lru_cache(maxsize=1_000)
def parameter(field: str, name: str) -> str:
    """The decoded value of a parameter of a whole field, "" where it has none."""
    return parameter_of(parameters(field), name)


def parameters(field: str) -> list[tuple[str, str]]:
    """All parameters as they are written, but for quotes."""
    return [
        (match[1], (match[3] or "").strip() if match[2] is None else _unquoted(match[2]))
        for match in _PARAMETER.finditer(field[:_FIELD_LIMIT])
    ]


def parameter_of(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """The decoded value of a parameter among pairs such as BODYSTRUCTURE gives.

    `name*=` wins over `name*0=`, `name*1=`, … and both win over plain `name=`.
    """
    plain, extended = "", ""
    pieces: dict[int, tuple[str, bool]] = {}
    for key, text in pairs:
        match = _KEY.fullmatch(key)
        if match is None or match[1].lower() != name:
            continue
        if match[2]:
            if len(pieces) < _PIECES_LIMIT:
                pieces.setdefault(int(match[2]), (text, bool(match[3])))
        elif match[3]:
            extended = extended or text
        else:
            plain = plain or text
    if extended:
        return _percent_decoded([(extended, True)])
    if pieces:
        return _percent_decoded([pieces[index] for index in sorted(pieces)])
    return _readable(plain)


def _percent_decoded(pieces: list[tuple[str, bool]]) -> str:
    """Joined as bytes first: a piece may end in the middle of a character."""
    charset = ""
    first, encoded = pieces[0]
    if encoded and first.count("'") >= 2:
        charset, _language, first = first.split("'", 2)
        pieces = [(first, True), *pieces[1:]]
    data = b"".join(
        unquote_to_bytes(text) if encoded else text.encode("utf-8", "surrogateescape")
        for text, encoded in pieces
    )
    text = decode(data, charset)[0]
    # Encoded words inside RFC 2231 pieces: two standards at once, seen from Outlook.
    return _readable(text)


def _readable(text: str) -> str:
    return clean(decode_words(text)[0]) if "=?" in text else clean(text)


def _unquoted(text: str) -> str:
    # Only quotes and backslashes are escaped: `C:\temp` from old Windows mailers stays.
    return text.replace('\\"', '"').replace("\\\\", "\\")
