"""Contacts as vCards, versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350). No database.

Phones write cards that break the rules in known ways, so a card is read for what it says of a name,
an organisation and addresses, and all else in it is passed over. What cannot be read at all costs
that card alone.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contacts.lines import MOST_LINES, Line, Outcome, Unreadable, decoded

# "item1.EMAIL;TYPE=work:ewa@klient.example": group, name, parameters, value.
_PROPERTY = re.compile(
    r'(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<parameters>(?:;(?:"[^"]*"|[^":;])*)*):(?P<value>.*)',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SEMICOLON = re.compile(r"(?<!\\);")
# Octets of a line before it is folded (RFC 6350, 3.2).
_LINE_OCTETS = 75


@dataclass
class _Card:
    formatted: str = ""
    parts: str = ""
    organization: str = ""
    addresses: list[tuple[int, str]] = field(default_factory=list)

    def line(self, number: int) -> Line:
        addresses = [address for _rank, address in sorted(self.addresses, key=lambda one: one[0])]
        return Line(number, self.formatted or self.parts, self.organization, addresses)


def read_cards(data: bytes) -> list[Line]:
    """A line for each card, BROKEN where it has no end. Raises Unreadable where there is none."""
    if b"\0" in data[:200]:
        data = decoded(data).encode()
    lines: list[Line] = []
    card: _Card | None = None
    depth, after_agent = 0, False
    for name, parameters, value in _properties(data):
        if name == "BEGIN":
            if card is None or not after_agent:
                if card is not None:
                    lines.append(_broken(len(lines) + 1, card))
                card, depth = _Card(), 1
            else:
                # Somebody's assistant, as a card within the card (2.1).
                depth += 1
        elif name == "END" and card is not None:
            depth -= 1
            if not depth:
                lines.append(card.line(len(lines) + 1))
                card = None
        elif card is not None and depth == 1:
            _take(card, name, parameters, value)
        after_agent = name == "AGENT"
        if len(lines) > MOST_LINES:
            raise Unreadable(too_long=True)
    if card is not None:
        lines.append(_broken(len(lines) + 1, card))
    if not lines:
        raise Unreadable
    return lines


def write_card(name: str, organization: str, addresses: Sequence[str]) -> str:
    """A card of version 3.0, which everything reads; the first address is the preferred one."""
    first, _, last = name.rpartition(" ")
    said = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{_escape(name)}",
        f"N:{_escape(last)};{_escape(first)};;;",
        *([f"ORG:{_escape(organization)}"] if organization else []),
        *(
            f"EMAIL;TYPE=INTERNET{',PREF' if place == 0 else ''}:{_escape(address)}"
            for place, address in enumerate(addresses)
        ),
        "END:VCARD",
    ]
    return "".join(_folded(line) + "\r\n" for line in said)


def _broken(number: int, card: _Card) -> Line:
    line = card.line(number)
    line.outcome = Outcome.BROKEN
    return line


def _properties(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Name, parameters in upper case, and value of each line, folded lines joined."""
    for raw in _unfolded(data):
        # Bytes stay what they are; the value's own character set is known later.
        match = _PROPERTY.match(raw.decode("latin-1"))
        if match:
            parameters = match["parameters"].upper()
            value = _value(match["value"].encode("latin-1"), parameters)
            yield match["name"].upper(), parameters, value


def _unfolded(data: bytes) -> Iterator[bytes]:
    held: bytes | None = None
    soft = False
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        if held is not None and soft:
            # Quoted-printable goes on where its line ends in "=" (2.1).
            held = held[:-1] + line
        elif held is not None and line[:1] in (b" ", b"\t"):
            held += line[1:]
        else:
            if held is not None:
                yield held
            held = line
        soft = held.endswith(b"=") and b"QUOTED-PRINTABLE" in held.partition(b":")[0].upper()
    if held is not None:
        yield held


def _value(raw: bytes, parameters: str) -> str:
    if "QUOTED-PRINTABLE" in parameters:
        raw = quopri.decodestring(raw)
    named = re.search(r'CHARSET="?([\w-]+)', parameters)
    if named:
        try:
            return raw.decode(named[1])
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(raw)


def _take(card: _Card, name: str, parameters: str, value: str) -> None:
    if name == "FN":
        card.formatted = card.formatted or _plain(value)
    elif name == "N" and not card.parts:
        family, given, middle, *_rest = [*_SEMICOLON.split(value), "", "", ""]
        card.parts = " ".join(part for part in map(_plain, (given, middle, family)) if part)
    elif name == "ORG":
        card.organization = card.organization or _plain(_SEMICOLON.split(value)[0])
    elif name == "EMAIL" and (address := _plain(value).removeprefix("mailto:")):
        # "PREF" among the types (2.1, 3.0), or 1 to 100, the most preferred first (4.0).
        ranked = re.search(r'PREF="?(\d+)', parameters)
        preferred = 1 if re.search(r"\bPREF\b(?!=)", parameters) else 101
        card.addresses.append((int(ranked[1]) if ranked else preferred, address))


def _plain(value: str) -> str:
    unescaped = _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(unescaped.replace("\0", "").split())


def _escape(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", " ".join(text.split()))


def _folded(line: str) -> str:
    pieces, piece, size = [], "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > _LINE_OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + char, size + octets
    return "\r\n".join([*pieces, piece])
