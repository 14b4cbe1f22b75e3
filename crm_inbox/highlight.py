"""Marking what a search has found: the beginnings of words, whatever their accents and case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

# Letters that have no decomposition, as PostgreSQL's unaccent folds them.
_LETTERS = str.maketrans("łŁøØđĐħĦıŧŦ", "lLoOdDhHitT")
# Few before: at the end of a line the word itself would be cut off.
_BEFORE, _AFTER = 20, 180


def fold(text: str) -> str:
    """Lower case without accents, as long as the text, so that places stay what they are."""
    return "".join(_folded(char) for char in text.translate(_LETTERS))


def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text as HTML, what begins with one of the words inside <mark>."""
    pattern = _pattern(words)
    if pattern is None:
        return conditional_escape(text)
    pieces, end = [], 0
    for match in pattern.finditer(fold(text)):
        pieces += [conditional_escape(text[end : match.start()]), "<mark>"]
        pieces += [conditional_escape(text[match.start() : match.end()]), "</mark>"]
        end = match.end()
    return mark_safe("".join([*pieces, conditional_escape(text[end:])]))  # noqa: S308 - each piece of the text is escaped


def excerpt(text: str, words: Sequence[str]) -> str:
    """What surrounds the first of the words in a text, "" where it has none."""
    pattern = _pattern(words)
    text = " ".join(text.split())
    match = pattern.search(fold(text)) if pattern else None
    if match is None:
        return ""
    start = text.rfind(" ", 0, max(0, match.start() - _BEFORE)) + 1
    return ("… " if start else "") + text[start : match.end() + _AFTER]


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    folded = sorted({re.escape(fold(word)) for word in words}, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(folded)})") if folded else None


def _folded(char: str) -> str:
    if char.isascii():
        return char.lower()
    lower = unicodedata.normalize("NFD", char)[:1].lower()
    return lower if len(lower) == 1 else char
