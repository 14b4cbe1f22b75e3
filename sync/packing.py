"""The texts of a message as one compressed value. No Django.

Three quarters of a mailbox's texts are repetition. They are compressed where they are read, on
a core of its own, so that PostgreSQL writes, keeps and backs up a quarter.
"""

from __future__ import annotations

from typing import NamedTuple

from backports import zstd

# The fastest level that finds the words of a language again; the next ones gain 2 %.
_LEVEL = 1
# Begins what was not worth compressing; a frame of zstd begins with b"(" (RFC 8878, 3.1.1).
_PLAIN = b"\0"
# No text holds it: PostgreSQL could not have stored it before.
_BETWEEN = b"\0"
_compressor = zstd.ZstdCompressor(level=_LEVEL)


class Texts(NamedTuple):
    headers: str
    text: str
    html: str


def pack(headers: str, text: str, html: str) -> bytes:
    """Texts without NUL and lone surrogates. For one thread at a time."""
    # One by one: a joined text would be as wide as its widest character.
    plain = _BETWEEN.join((headers.encode(), text.encode(), html.encode()))
    packed = _compressor.compress(plain, mode=_compressor.FLUSH_FRAME)
    return packed if len(packed) <= len(plain) else _PLAIN + plain


def unpack(packed: bytes) -> Texts:
    plain = packed[1:] if packed[:1] == _PLAIN else zstd.decompress(packed)
    return Texts(*(each.decode() for each in plain.split(_BETWEEN)))
