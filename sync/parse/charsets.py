"""Bytes to text, whatever the label says."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# Labels under which mailers send UTF-8 without saying so: worth a try before believing them.
_UTF8_FIRST = frozenset(("", "utf-8", "ascii", "iso8859-1", "cp1252"))
# Labels that name a subset of what is really sent, or a name that Python does not know.
_ALIASES = {
    "ansi": "cp1252",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "cn-gb": "gb18030",
    "cp-850": "cp850",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "iso-8859-11": "cp874",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "x-sjis": "cp932",
}
# Text codecs of Python that are no charset of mail; punycode is quadratic in its input.
_NO_CHARSETS = frozenset(
    ("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape")
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# ESC $ or ESC ( opens a character set of ISO 2022 and appears in no other mail text.
_ISO2022 = re.compile(rb"\x1b[$(][@BIJ]")
_C1 = re.compile("[\x80-\x9f]")


def decode(data: bytes, label: str = "") -> tuple[str, bool]:
    """The text, and whether something had to be guessed or replaced. No surrogates in it."""
    codec = codec_for(label)
    if codec in _UTF8_FIRST:
        if codec in ("", "ascii") and b"\x1b" in data and _ISO2022.search(data):
            return decode(data, "iso-2022-jp")[0], True
        try:
            return data.decode(), codec == "ascii" and not data.isascii()
        except UnicodeDecodeError:
            pass
    if codec in ("", "ascii", "iso8859-1", "cp1252"):
        # Most software shows latin-1 as cp1252, as browsers do (WHATWG Encoding, 4.2).
        return _as_cp1252(data), codec in ("", "ascii")
    if codec.startswith("iso2022_jp"):
        return _iso2022_jp(data)
    return _by_codec(data, codec)


def without_nul(text: str) -> str:
    """For text that `decode` made, which holds no surrogate."""
    return text.replace("\0", "") if "\0" in text else text


def clean(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL does not store."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        try:
            # Several times faster than looking for a surrogate.
            text.encode()
        except UnicodeEncodeError:
            return _SURROGATE.sub("\ufffd", text)
    return text


@lru_cache(maxsize=500)
def codec_for(label: str) -> str:
    """Python's name of the codec for a label; "" where it says nothing that is known."""
    label = label.strip(" \t\r\n\"'").lower()
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
        # base64 and its like are codecs too, but refuse to make text.
        b"a".decode(name, "replace")
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else name


def _as_cp1252(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _iso2022_jp(data: bytes) -> tuple[str, bool]:
    for codec in ("iso2022_jp", "iso2022_jp_ext"):
        try:
            return clean(data.decode(codec)), False
        except UnicodeDecodeError:
            pass
    return clean(data.decode("iso2022_jp_ext", "replace")), True


def _by_codec(data: bytes, codec: str) -> tuple[str, bool]:
    try:
        text = data.decode(codec)
    except UnicodeError:
        return clean(data.decode(codec, "replace")), True
    if codec == "iso8859-2" and _C1.search(text):
        # Control characters that nobody types: windows-1250 under the wrong name.
        return clean(data.decode("cp1250", "replace")), True
    return clean(text), False
