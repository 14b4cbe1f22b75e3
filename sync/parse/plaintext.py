"""Readable text from HTML and from format=flowed. Linear in the input, whatever it holds."""

from __future__ import annotations

import re
from html import escape, unescape

_BLOCK = re.compile(
    r"<(?:!--|(script|style|head|title|template|noscript)(?=[\s>/]))", re.IGNORECASE
)
# Stops at the next "<", so that a page of "<" without ">" is still read once only.
_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*+|[!?])[^<>]*+>")
_BREAKING = re.compile(
    r"address|article|aside|blockquote|br|center|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]"
    r"|header|hr|li|main|nav|ol|p|pre|section|table|tbody|tr|ul"
)
_CELLS = ("td", "th")
# Newsletters pad their preview with characters that have no width.
_PADDING = re.compile(r"[ \u00ad\u034f\u200b-\u200f\u2060\u2800\ufeff]{2,}")
_EDGES = re.compile(r" ?\n ?")
# More digits than any character has, and more than int() reads.
_NO_CHARACTER = re.compile(r"&#\d{8,}")
_EMPTY_LINES = re.compile(r"\n{3,}")


def html_to_text(html: str) -> str:
    """What a reader sees of a page: no scripts, styles, comments, tags or entities."""
    body = " ".join(_without_blocks(html).split())
    text = unescape(_NO_CHARACTER.sub("", _TAG.sub(_tag_text, body)))
    text = _PADDING.sub(" ", text.replace("\xa0", " "))
    return _EMPTY_LINES.sub("\n\n", _EDGES.sub("\n", text)).strip()


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
    name = match[1].lstrip("/").lower()
    if _BREAKING.fullmatch(name):
        return "\n"
    return " " if name in _CELLS else ""


def _without_blocks(html: str) -> str:
    """Cut comments and the elements whose content is not for reading."""
    kept: list[str] = []
    position = 0
    folded = ""
    missing: set[str] = set()
    while match := _BLOCK.search(html, position):
        kept.append(html[position : match.start()])
        position = match.end()
        name = (match[1] or "").lower()
        close = f"</{name}" if name else "-->"
        folded = folded or _lower(html)
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
