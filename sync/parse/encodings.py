"""Content-Transfer-Encoding (RFC 2045, 6), undone as far as the bytes allow."""

from __future__ import annotations

import binascii
import re

from sync.parse.embedded import embedded_bytes

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_UUENCODED = frozenset(("x-uuencode", "uuencode", "x-uue", "uue"))


def encoding_name(value: str) -> str:
    """The bare name in a Content-Transfer-Encoding: no comment, quotes or parameters."""
    return value.strip().strip("\"'").partition(";")[0].partition("(")[0].strip().lower()


def part_bytes(raw_part: bytes, encoding: str) -> bytes:
    """A fetched part without its transfer encoding. Never raises; junk is passed over."""
    name = encoding_name(encoding)
    if name == "base64":
        return _base64(raw_part)
    if name == "quoted-printable":
        return binascii.a2b_qp(raw_part)
    if name in _UUENCODED:
        return embedded_bytes(raw_part, "uuencode", 0)
    kind, colon, index = name.partition(":")
    if colon and index.isdigit():
        return embedded_bytes(raw_part, kind, int(index))
    return raw_part


def decoded_size(encoded: int, encoding: str) -> int:
    """About how many bytes a part of `encoded` bytes holds, without decoding it."""
    if encoding_name(encoding) != "base64":
        return encoded
    # Lines of 76 characters and CRLF hold 57 bytes.
    lines, rest = divmod(encoded, 78)
    return lines * 57 + rest * 3 // 4


def _base64(data: bytes) -> bytes:
    # What follows padding is another encoding's end or a mailing list's footer.
    head, _padding, _rest = data.partition(b"=")
    digits = _NOT_BASE64.sub(b"", head)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))
