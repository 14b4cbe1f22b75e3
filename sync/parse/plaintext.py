"""Readable text from HTML and from format=flowed. Linear in the input, whatever it holds."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape

_BLOCK = re.compile(r"<(?:!--|(script|style|head|title|template|noscript)(?=[\s>/]))")
# Stops at the next "<", so that a page of "<" without ">" is still read once only.
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*+|[!?])[^<>]*+>")
_BREAKING = re.compile(
    "address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]"
    "|header|hr|li|main|nav|ol|p|pre|section|table|tbody|tr|ul"
)
# Newsletters pad their preview with characters that have no width.
_INVISIBLE = "\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u2060\u2800\ufeff"
_PADDING = re.compile(rf"[ {_INVISIBLE}]{{2,}}")
# More digits than any character has, and more than int() reads.
_NO_CHARACTER = re.compile(r"&#\d{8,}")


def html_to_text(html: str) -> str:
    """What a reader sees of a page: no scripts, styles, comments, tags or entities."""
    body = " ".join(_without_blocks(html).split())
    text = _TAG.sub(_tag_text, body)
    if "&" in text:
        text = unescape(_NO_CHARACTER.sub("", text))
    if any(char in text for char in _INVISIBLE):
        text = _PADDING.sub(" ", text.replace("\xa0", " "))
    lines: list[str] = []
    for line in text.split("\n"):
        folded = " ".join(line.split())
        # One empty line between paragraphs is enough.
        if folded or (lines and lines[-1]):
            lines.append(folded)
    return "\n".join(lines).rstrip("\n")


def text_to_html(text: str) -> str:
    """A plain part shown between HTML parts, its line ends kept."""
    return f'<div style="white-space: pre-wrap">{escape(text)}</div>'


def unflow(text: str, del_sp: bool) -> str:
    """Join the soft line ends of format=flowed (RFC 3676, 4.2 to 4.5)."""
    if " \n" not in text:
        return text.replace("\n ", "\n").removeprefix(" ")
    paragraphs: list[list[str]] = []
    flowing_at = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        signature = content == "-- "
        flows = content.endswith(" ") and not signature
        if flows and del_sp:
            content = content[:-1]
        if flowing_at == depth and not signature:
            paragraphs[-1].append(content)
        else:
            paragraphs.append([f"{'>' * depth} " if depth else "", content])
        flowing_at = depth if flows else -1
    return "\n".join("".join(each) for each in paragraphs)


def _tag_text(match: re.Match[str]) -> str:
    return _text_for(match[1][:20])


@lru_cache(maxsize=500)
def _text_for(tag: str) -> str:
    name = tag.lstrip("/").lower()
    if _BREAKING.fullmatch(name):
        return "\n"
    return " " if name in ("td", "th") else ""


def _without_blocks(html: str) -> str:
    """Cut comments and the elements whose content is not for reading."""
    kept: list[str] = []
    position = 0
    folded = _lower(html)
    missing: set[str] = set()
    while match := _BLOCK.search(folded, position):
        kept.append(html[position : match.start()])
        position = match.end()
        name = match[1]
        close = f"</{name}" if name else "-->"
        end = -1 if close in missing else folded.find(close, position)
        if end < 0:
            # An element that never ends: its tag goes, its content is better kept.
            missing.add(close)
            position = max(position, html.find(">", position, position + 200) + 1)
            continue
        position = end + len(close)
        if name:
            position = max(position, html.find(">", end, end + 200) + 1)
    kept.append(html[position:])
    return "".join(kept)


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _lower(text: str) -> str:
    """Lower case with every character at its place."""
    lower = text.lower()
    # One letter, "İ", becomes two.
    return lower if len(lower) == len(text) else text.translate(_LOWER)
