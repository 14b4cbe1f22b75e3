"""Quoted text, so that pages can fold it: nobody reads again what they wrote."""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from django.utils.translation import gettext as _

_INTRODUCED = re.compile(
    r"^\s*(?:-{2,} ?(?:Original Message|Wiadomość oryginalna|Forwarded message).*"
    r"|_{10,}|On .{10,200} wrote:|W dniu .{6,200} (?:pisze|napisał\(?a?\)?):?)\s*$",
    re.IGNORECASE,
)

# The line, or two, above what is quoted: "Isla <isla@x.example>:", "… <isla@x.example>\nwrote:".
_NAMES_ITS_WRITER = re.compile(r"(?=.*\S@\S).{5,400}:", re.DOTALL)

# A tag as the sanitizer writes it: no value holds "<" or ">".
_TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
# By which mail programs mark what they quote.
QUOTE_CLASSES = frozenset(("gmail_quote", "yahoo_quoted", "protonmail_quote"))
_QUOTE_CLASS = re.compile(rf'\bclass="[^"]*\b(?:{"|".join(sorted(QUOTE_CLASSES))})\b')


def split_quoted(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces of a plain text in their order, each with whether it is quoted."""
    marked = list(_mark(text.splitlines()))
    for quoted, lines in groupby(marked, key=lambda one: one[0]):
        piece = "\n".join(line for _, line in lines).strip("\n")
        if piece.strip():
            yield quoted, piece


def _mark(lines: list[str]) -> Iterator[tuple[bool, str]]:
    after_introduction = False
    introductions = set(_introductions(lines))
    for number, line in enumerate(lines):
        after_introduction = after_introduction or _INTRODUCED.match(line) is not None
        yield after_introduction or line.startswith(">") or number in introductions, line


def _introductions(lines: list[str]) -> Iterator[int]:
    """Lines that stand right above a quotation and say whose it is."""
    for number, line in enumerate(lines):
        if not line.startswith(">") or (number and lines[number - 1].startswith(">")):
            continue
        last = number - 1
        if last > 0 and not lines[last].strip():
            last -= 1
        # The address may have come to stand on a line of its own.
        cut = last > 0 and lines[last].startswith("<")
        for first in range(last - cut, max(last - 2, -1), -1):
            if _NAMES_ITS_WRITER.fullmatch("\n".join(lines[first : last + 1]).strip()):
                yield from range(first, number)
                break


def fold_quoted(html: str) -> str:
    """Sanitised HTML with each outermost quotation behind a "…" that opens it.

    A message that begins with a quotation is left as it is: it may be all there is.
    """
    pieces: list[str] = []
    done = 0
    for start, end in _quotations(html):
        if pieces or _TAG.sub("", html[:start]).strip():
            summary = f'<summary aria-label="{escape(_("Quoted text"))}">…</summary>'
            pieces += (html[done:start], "<details>", summary, html[start:end], "</details>")
            done = end
    return "".join((*pieces, html[done:]))


def _quotations(html: str) -> Iterator[tuple[int, int]]:
    """Where the outermost ones begin and end; the sanitizer closes every element."""
    name, start, depth = "", 0, 0
    for tag in _TAG.finditer(html):
        closing, tag_name, attributes = tag.groups()
        if depth == 0:
            if not closing and _begins_quotation(tag_name, attributes):
                name, start, depth = tag_name, tag.start(), 1
        elif tag_name == name:
            depth += -1 if closing else 1
            if depth == 0:
                yield start, tag.end()


def _begins_quotation(name: str, attributes: str) -> bool:
    return name == "blockquote" or (name == "div" and _QUOTE_CLASS.search(attributes) is not None)
