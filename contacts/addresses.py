"""Email addresses: one spelling for comparing, and reading address headers. No Django."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# RFC 3696 erratum 1690: 64 for the local part, "@", 255 for the domain.
LONGEST = 320
MOST_IN_LIST = 5_000
# Characters of a list, and of one entry written in an unusual way, that are read.
LONGEST_LIST = 512 * 1024
_LONGEST_ENTRY = 1_000

_PLAIN = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9][a-z0-9.-]*[a-z0-9]")
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff<>(),;:\\\"\[\]]")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f\ud800-\udfff]|\\[ -~])+"')
_LITERAL_DOMAIN = re.compile(r"\[[0-9a-z.:-]+\]")
# `Name <a@b>`, `"Name" <a@b>`, `<a@b>` or `a@b`, up to the next comma: nearly all real mail.
_SIMPLE = re.compile(
    r"""\s*(?:
        (?:"(?P<quoted>[^"\\]*)"|(?P<name>[^"(),:;<>@\\]*?))\s*<(?P<angle>[^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+)>
        |(?P<bare>[^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+)
    )\s*(?:,|$)""",
    re.VERBOSE,
)
_QUOTING = re.compile(r'\\(.)|"', re.DOTALL)


def normalise(address: str) -> str:
    """The one spelling of an address: trimmed, NFC, lower case, its domain in Unicode.

    "" where it is no address.
    """
    # Nothing long goes into the cache.
    return _normalised(address) if len(address) <= 2 * LONGEST else ""


def parse_list(header: str) -> list[tuple[str, str]]:
    """The (name, address) pairs of an address header (RFC 5322, 3.4), groups flattened.

    Names lose quotes and comments; RFC 2047 words in them stay encoded. The address is as
    written and is "" where an entry has only a name. Never raises; reads at most
    MOST_IN_LIST entries.
    """
    header = _folded(header[:LONGEST_LIST])
    simple = _simple_list(header)
    return _tolerant_list(header) if simple is None else simple


@lru_cache(maxsize=50_000)
def _normalised(address: str) -> str:
    folded = address.strip().lower()
    if len(folded) > LONGEST:
        return ""
    if _PLAIN.fullmatch(folded) and "xn--" not in folded and ".." not in folded:
        return folded
    local, at, domain = unicodedata.normalize("NFC", folded).rpartition("@")
    domain = _unicode_domain(domain.rstrip("."))
    if not at or not _is_local(local) or not _is_domain(domain):
        return ""
    return f"{local}@{domain}"


def _is_local(local: str) -> bool:
    return bool(local) and (
        (not _FORBIDDEN.search(local) and "@" not in local) or bool(_QUOTED_LOCAL.fullmatch(local))
    )


def _is_domain(domain: str) -> bool:
    if _LITERAL_DOMAIN.fullmatch(domain):
        return True
    return bool(domain) and not _FORBIDDEN.search(domain) and all(domain.split("."))


def _unicode_domain(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    return ".".join(_unicode_label(label) for label in domain.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError):
        return label
    return unicodedata.normalize("NFC", decoded).lower()


def _simple_list(header: str) -> list[tuple[str, str]] | None:
    """The entries where all are of the common forms, else None."""
    entries: list[tuple[str, str]] = []
    position, end = 0, len(header)
    while position < end:
        match = _SIMPLE.match(header, position)
        if match is None or len(entries) >= MOST_IN_LIST:
            return None
        quoted, name, angle, bare = match.group("quoted", "name", "angle", "bare")
        entries.append((_folded(quoted or name or ""), angle or bare))
        position = match.end()
    return entries


def _tolerant_list(header: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    held_back = ""
    for piece in _pieces(header):
        name, address = _read_piece(piece)
        if not address and name and "@" not in name:
            # `Doe, John <a@b>` without quotes: the comma belongs to the name.
            held_back = f"{held_back}, {name}" if held_back else name
            continue
        if held_back:
            name, held_back = f"{held_back}, {name}" if name else held_back, ""
        if name or address:
            entries.append((name, address))
        if len(entries) >= MOST_IN_LIST:
            return entries
    if held_back:
        entries.append((held_back, ""))
    return entries


_SPECIAL = re.compile(r'\\.|["()<>,;:]', re.DOTALL)


def _pieces(header: str) -> list[str]:
    """Cut at commas, semicolons and group colons that are outside quotes, comments and `<>`."""
    pieces: list[str] = []
    start, depth, quoted, angle = 0, 0, False, False
    for match in _SPECIAL.finditer(header):
        char = match.group()
        if char == '"':
            quoted = not quoted if not depth else quoted
        elif quoted or len(char) > 1:
            continue
        elif char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif char in "<>":
            angle = char == "<"
        elif char == ":":
            start = start if angle else match.end()
        elif not angle or char == ",":
            pieces.append(header[start : match.start()])
            start, angle = match.end(), False
    pieces.append(header[start:])
    return pieces


_COMMENT_LEVELS = 5
_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|\(([^()]*)\)')
_ANGLE = re.compile(r"<([^<>]*)>?")


def _read_piece(piece: str) -> tuple[str, str]:
    piece, comment = _without_comments(piece[:_LONGEST_ENTRY])
    angle = _last_angle(piece)
    if angle:
        # A route, `<@relay:a@b>` (RFC 5322, 4.4), is no part of the address.
        address = "".join(angle.group(1).rpartition(":")[2].split())
        name = _unquoted(piece[: angle.start()] + " " + piece[angle.end() :])
    else:
        bare = piece.strip()
        is_address = "@" in bare and (" " not in bare or bare.startswith('"'))
        name, address = ("", bare) if is_address else _address_in_words(bare)
    return name or comment, address


def _without_comments(piece: str) -> tuple[str, str]:
    """The rest, and what the outermost comments say."""
    said: list[str] = []

    def drop(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        said.append(match[1])
        return " "

    comment = ""
    for _ in range(_COMMENT_LEVELS):
        said.clear()
        piece = _COMMENT.sub(drop, piece)
        if not said:
            break
        comment = _folded(" ".join(said))
    return piece, comment


def _last_angle(piece: str) -> re.Match[str] | None:
    found = None
    for match in _ANGLE.finditer(piece):
        if found is None or "@" in match.group(1):
            found = match
    return found


def _address_in_words(text: str) -> tuple[str, str]:
    """`John Doe a@b` as some mailers write it."""
    words = text.split()
    address = next((word for word in reversed(words) if normalise(word)), "")
    return _unquoted(" ".join(word for word in words if word != address)), address


def _unquoted(text: str) -> str:
    return _folded(_QUOTING.sub(r"\1", text))


def _folded(text: str) -> str:
    return " ".join(text.split())
