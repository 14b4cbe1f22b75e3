"""The one line that lists show of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sync.parse.model import SNIPPET_LENGTH

# Characters that are looked at, first and, where all of them are quoted, at most.
_FIRST_LOOK, _LAST_LOOK = 6_000, 64_000
# Own words that are gathered: links and rules among them are dropped afterwards.
_ENOUGH = 3 * SNIPPET_LENGTH
# Lines that are mostly enough for those.
_FEW_LINES = 25
# Newsletters pad their preview with these; one alone inside a word or an emoji is meant.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u2069\u2800\u3164\ufeff"
)
_PADDING = re.compile(rf"[ {_INVISIBLE}]{{2,}}")
_EDGES = "\u00ad\u034f\u200b\u200c\u200d\u2060\u2800\ufeff \t\xa0"
# Characters of a line that are looked at: room for padding and links among the words.
_LINE_LENGTH = 5 * SNIPPET_LENGTH
_RULE = re.compile(r"[\s\W_]*")
_LINK = re.compile(r"[<(\[]\s*https?://[^\s<>)\]]*\s*[>)\]]|https?://\S{40,}")
# "On … wrote:" as the common mail programs put it; up to two lines of at most 200 characters.
_OPENING = re.compile(r"(?:On|Am|Le|El|Il|Dnia|W dniu|Em|Op|Den)\b")
_ATTRIBUTION = re.compile(
    _OPENING.pattern + r".{0,300}?"
    r"(?:wrote|writes|schrieb|écrit|escribió|scritto|napisał|napisała|napisał\(a\)|pisze"
    r"|escreveu|schreef|skrev)[^\n:]{0,80}:\s*$"
    r"|.{0,200}\b(?:napisał\(a\)|napisał|napisała|pisze|wrote|schrieb|écrit)\s?:\s*$",
)
_DIVIDER = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|Wiadomość oryginalna|"
    r"Oryginalna wiadomość|Treść oryginalnej wiadomości|Ursprüngliche Nachricht|"
    r"Message d'origine)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(r"^\*?(?:From|Od|Von|De):\*?\s.+$")
_OUTLOOK_NEXT = re.compile(r"^\*?(?:Sent|Date|Wysłano|Data|Gesendet|Envoyé|To|Do)\s?:\*?\s")


def make_snippet(text: str) -> str:
    """The first readable words, at most SNIPPET_LENGTH characters on one line.

    Quotations, their introductions, signatures and rules are left out where there is
    anything else.
    """
    head = text[:_FIRST_LOOK]
    lines = head.split("\n", _FEW_LINES)
    # The two after those tell whether the last of them begins a quotation.
    own_words = _own_words(lines[:_FEW_LINES], _FEW_LINES - 2)
    if len(lines) > _FEW_LINES - 2 and sum(map(len, own_words)) <= _ENOUGH:
        own_words = _own_words(head.split("\n"))
    own = _line(own_words)
    if not own and len(text) > _FIRST_LOOK:
        head = text[:_LAST_LOOK]
        own = _line(_own_words(head.split("\n")))
    return own or _line(each.lstrip("> ") for each in head.split("\n"))


def _own_words(lines: Sequence[str], most: int | None = None) -> list[str]:
    """Of the first `most` lines; None: of all."""
    own: list[str] = []
    skip = -1
    length = 0
    for index, line in enumerate(lines[:most]):
        stripped = line.strip()
        if index <= skip or not stripped or stripped[0] == ">":
            continue
        if stripped == "--" and own:
            break
        if stripped[-1] == ":" or _OPENING.match(stripped):
            skip = index + _introduction(lines, index) - 1
            if skip >= index:
                continue
        if _starts_quotation(lines, index):
            break
        own.append(stripped)
        length += len(stripped)
        if length > _ENOUGH:
            break
    return own


def _introduction(lines: Sequence[str], index: int) -> int:
    """How many lines an "On … wrote:" takes here; 0 where there is none."""
    first = lines[index].strip()
    if first.endswith(":") and len(first) <= 400 and _ATTRIBUTION.match(first):
        return 1
    if index + 1 < len(lines) and _OPENING.match(first):
        second = lines[index + 1].strip()
        if (
            second.endswith(":")
            and not _OPENING.match(second)
            and _ATTRIBUTION.match(f"{first[:200]} {second[:200]}")
        ):
            return 2
    return 0


def _starts_quotation(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if line[:2] in ("--", "__") and _DIVIDER.match(line):
        return True
    if not _OUTLOOK.match(line):
        return False
    return any(_OUTLOOK_NEXT.match(each.strip()) for each in lines[index + 1 : index + 3])


def _line(lines: Iterable[str]) -> str:
    words: list[str] = []
    length = 0
    for line in lines:
        line = line[:_LINE_LENGTH]
        if "://" in line:
            line = _LINK.sub(" ", line)
        line = _PADDING.sub(" ", " ".join(line.split())).strip(_EDGES)
        if not line or (_RULE.fullmatch(line) and line.isascii()):
            continue
        words.append(line)
        length += len(line) + 1
        if length > SNIPPET_LENGTH:
            break
    return _shortened(" ".join(words))


def _shortened(line: str) -> str:
    if len(line) <= SNIPPET_LENGTH:
        return line
    cut = line.rfind(" ", SNIPPET_LENGTH - 40, SNIPPET_LENGTH)
    return line[: cut if cut > 0 else SNIPPET_LENGTH - 1].rstrip() + "…"
