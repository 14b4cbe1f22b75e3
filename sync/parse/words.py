"""Encoded words in headers (RFC 2047), as they are really sent."""

from __future__ import annotations

import binascii
import re

from sync.parse.charsets import clean, decode

_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=")
# Spaces inside, a question mark inside, or the closing `?=` cut off.
_BROKEN_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?(.*?)(?:\?=|\Z)", re.DOTALL)
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


def decode_words(value: str) -> tuple[str, bool]:
    """The readable text, and whether a broken word had to be repaired."""
    if "=?" not in value:
        return value, False
    text = _decode(_WORD, value)
    if "=?" not in text:
        return text, False
    repaired = _decode(_BROKEN_WORD, text)
    return repaired, repaired != text


def _decode(pattern: re.Pattern[str], value: str) -> str:
    out: list[str] = []
    position = 0
    pending: list[bytes] = []
    charset = ""
    for match in pattern.finditer(value):
        between = value[position : match.start()]
        position = match.end()
        # RFC 2231, 5 adds a language: `utf-8*en`.
        label = match[1].partition("*")[0].lower()
        if between.strip() or label != charset:
            out.append(decode(b"".join(pending), charset)[0])
            pending.clear()
            # White space between two words is no text (RFC 2047, 6.2).
            if between.strip() or not out or len(out) == 1:
                out.append(between)
            charset = label
        # Joined before decoding: some mailers cut in the middle of a character.
        pending.append(_payload(match[2], match[3]))
    out.append(decode(b"".join(pending), charset)[0])
    out.append(value[position:])
    return clean("".join(out))


def _payload(kind: str, text: str) -> bytes:
    if kind in "qQ":
        data = text.replace("_", " ").encode("utf-8", "surrogateescape")
        return _Q_ESCAPE.sub(lambda escape: bytes((int(escape[1], 16),)), data)
    digits = _NOT_BASE64.sub("", text)
    # A lone digit at the end holds no whole byte.
    digits = digits[: len(digits) - 1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))
