"""SEARCH as a provider answers it (RFC 3501, 6.4.4; RFC 4731; Gmail's X-GM-LABELS)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.imap.fetching import Letter, is_in

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}\r\n|([^ ()"]+)|[()]')
Test = Callable[[int, Letter], bool]


def answer(line: str, letters: dict[int, Letter], days_off: int) -> bytes:
    """The UIDs of those that match, in no order."""
    words = _words(line)[2:]
    extended = words[0].upper() == "RETURN"
    if extended:
        words = words[4:]
    if words[0].upper() == "CHARSET":
        words = words[2:]
    largest = max(letters, default=0)
    tests = []
    while words:
        tests.append(_take(words, largest, days_off))
    found = [uid for uid, one in letters.items() if all(test(uid, one) for test in tests)]
    if extended:
        listed = ",".join(map(str, found))
        return f'* ESEARCH (TAG "{{tag}}") UID{" ALL " + listed if found else ""}\r\n'.encode() + OK
    return f"* SEARCH {' '.join(map(str, reversed(found)))}\r\n".encode() + OK


OK = b"{tag} OK done\r\n"


def _take(words: list[str], largest: int, days_off: int) -> Test:
    key = words.pop(0).upper()
    if key == "ALL":
        return lambda uid, one: True
    if key == "OR":
        either, other = (_take(words, largest, days_off) for _ in range(2))
        return lambda uid, one: either(uid, one) or other(uid, one)
    value = words.pop(0)
    if key == "UID":
        return lambda uid, one: is_in(uid, value, largest)
    if key in ("SINCE", "BEFORE"):
        day = datetime.strptime(value, "%d-%b-%Y").date() + timedelta(days_off)
        return lambda uid, one: (_day(one) < day) == (key == "BEFORE")
    if key == "KEYWORD":
        return lambda uid, one: value.lower() in {flag.lower() for flag in one.flags}
    if key == "X-GM-LABELS":
        return lambda uid, one: value.encode("utf-8", "surrogateescape") in one.labels
    field = re.compile(rf"^{key}:.*{re.escape(value)}".encode(), re.IGNORECASE | re.MULTILINE)
    return lambda uid, one: field.search(one.raw.partition(b"\r\n\r\n")[0]) is not None


def _day(letter: Letter) -> date:
    return letter.date.date()


def _words(line: str) -> list[str]:
    words = []
    place = 0
    while found := _TOKEN.search(line, place):
        place = found.end()
        if found[2]:
            place += int(found[2])
            words.append(line[found.end() : place])
        elif found[1] is not None:
            words.append(re.sub(r"\\(.)", r"\1", found[1]))
        else:
            words.append(found[0])
    return words
