"""Files written into the text of a message, as before MIME: uuencode and yEnc."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FILES_LIMIT = 100
_BEGIN = re.compile(
    rb"^(?:begin [0-7]{3,4} (?P<uu>[^\r\n]{1,300})"
    rb"|=ybegin [^\r\n]{0,200}?name=(?P<yenc>[^\r\n]{1,300}))\r?\n",
    re.MULTILINE,
)
_UU_LINE = re.compile(rb"[ -`]{1,90}")
_Y_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_Y_TABLE = bytes((each - 42) % 256 for each in range(256))


@dataclass(slots=True, frozen=True)
class EmbeddedFile:
    kind: str
    name: str
    start: int
    end: int
    data: bytes


def may_embed(text: bytes) -> bool:
    """A cheap look before the expensive one."""
    return b"begin " in text and (_BEGIN.search(text) is not None)


def embedded_files(text: bytes) -> list[EmbeddedFile]:
    """The files in a decoded text part, in order; only those that end properly."""
    files: list[EmbeddedFile] = []
    for file in _each(text):
        files.append(file)
        if len(files) == _FILES_LIMIT:
            break
    return files


def embedded_bytes(text: bytes, kind: str, index: int) -> bytes:
    """The content of the index-th file of the text, or nothing where there is none."""
    files = [file for file in embedded_files(text) if file.kind == kind]
    return files[index].data if index < len(files) else b""


def without_files(text: bytes, files: list[EmbeddedFile]) -> bytes:
    kept, position = [], 0
    for file in files:
        kept.append(text[position : file.start])
        position = file.end
    return b"".join((*kept, text[position:]))


def _each(text: bytes) -> Iterator[EmbeddedFile]:
    position = 0
    closed = {b"\nend": True, b"\n=yend": True}
    while match := _BEGIN.search(text, position):
        position = match.end()
        kind, mark = ("uuencode", b"\nend") if match["uu"] else ("yenc", b"\n=yend")
        # Once an end is not to be found there is none further on: never look twice.
        close = text.find(mark, position - 1) if closed[mark] else -1
        closed[mark] = close >= 0
        if close < 0:
            continue
        body = text[position : close + 1]
        data = _uudecode(body) if kind == "uuencode" else _ydecode(body)
        if data is None:
            continue
        line_end = text.find(b"\n", close + 1)
        end = len(text) if line_end < 0 else line_end + 1
        name = (match["uu"] or match["yenc"]).strip().decode("utf-8", "replace")
        yield EmbeddedFile(kind, name, match.start(), end, data)
        position = end


def _uudecode(body: bytes) -> bytes | None:
    """None where the lines are prose that happens to follow the word "begin"."""
    out: list[bytes] = []
    for line in body.splitlines():
        if not line:
            continue
        if not _UU_LINE.fullmatch(line):
            return None
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Trailing junk of old encoders: cut the line at the length it states.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                return None
    return b"".join(out)


def _ydecode(body: bytes) -> bytes:
    lines = [line for line in body.splitlines() if not line.startswith(b"=ypart ")]
    joined = b"".join(lines)
    unescaped = _Y_ESCAPE.sub(lambda escape: bytes(((escape[1][0] - 64) % 256,)), joined)
    return unescaped.translate(_Y_TABLE)
