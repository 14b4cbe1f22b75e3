"""Quoted text, so that pages can fold it: nobody reads again what they wrote."""

import re
from collections.abc import Iterator
from itertools import groupby

_INTRODUCED = re.compile(
    r"^\s*(?:-{2,} ?(?:Original Message|Wiadomość oryginalna|Forwarded message).*"
    r"|_{10,}|On .{10,200} wrote:|W dniu .{6,200} (?:pisze|napisał\(?a?\)?):?)\s*$",
    re.IGNORECASE,
)


def split_quoted(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of a plain text in their order, each with whether it is quoted."""
    marked = list(_mark(text.splitlines()))
    for quoted, lines in groupby(marked, key=lambda one: one[0]):
        piece = "\n".join(line for _, line in lines).strip("\n")
        if piece.strip():
            yield quoted, piece


def _mark(lines: list[str]) -> Iterator[tuple[bool, str]]:
    after_introduction = False
    for line in lines:
        after_introduction = after_introduction or _INTRODUCED.match(line) is not None
        yield after_introduction or line.startswith(">"), line
