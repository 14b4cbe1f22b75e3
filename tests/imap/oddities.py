"""What real providers do beside the book (SYNC.md, "Servers' oddities"), each by its name.

An oddity makes a by-the-book provider do it. All of them leave every letter within reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from tests.imap import odd_answers
from tests.imap.provider import Place, Provider
from tests.imap.scripted_server import Talk

Make = Callable[[Provider], None]
LARGE = 140_000


def by_the_book(provider: Provider) -> None:
    pass


# --- Numbers that are missing, wrong or not to be trusted


def uidnext_missing(provider: Provider) -> None:
    provider.oddity = _without(rb"\* OK \[UIDNEXT \d+\] x\r\n| UIDNEXT \d+")


def uidnext_too_low(provider: Provider) -> None:
    provider.oddity = _instead(rb"UIDNEXT (\d+)", lambda n: b"UIDNEXT %d" % min(3, n))


def uidnext_lagging(provider: Provider) -> None:
    """Of an index that is brought up to date later."""
    provider.oddity = _instead(rb"UIDNEXT (\d+)", lambda n: b"UIDNEXT %d" % max(1, n - 1))


def uidnext_decreasing(provider: Provider) -> None:
    steps = count()
    provider.oddity = _instead(
        rb"UIDNEXT (\d+)", lambda n: b"UIDNEXT %d" % max(1, n - next(steps) % 5)
    )


def uidvalidity_0(provider: Provider) -> None:
    provider.oddity = _instead(rb"UIDVALIDITY \d+", lambda _: b"UIDVALIDITY 0")


def uidvalidity_missing(provider: Provider) -> None:
    provider.oddity = _without(rb"\* OK \[UIDVALIDITY \d+\] x\r\n| UIDVALIDITY \d+")


def highestmodseq_0(provider: Provider) -> None:
    provider.oddity = _instead(rb"HIGHESTMODSEQ \d+", lambda _: b"HIGHESTMODSEQ 0")


def highestmodseq_missing(provider: Provider) -> None:
    provider.oddity = _without(rb"\* OK \[HIGHESTMODSEQ \d+\] x\r\n| HIGHESTMODSEQ \d+")


def highestmodseq_decreasing(provider: Provider) -> None:
    steps = count()
    provider.oddity = _instead(
        rb"HIGHESTMODSEQ \d+", lambda _: b"HIGHESTMODSEQ %d" % max(1, 900 - next(steps))
    )


# --- What is not offered


def no_extensions(provider: Provider) -> None:
    """No CONDSTORE, no IDLE, no UIDPLUS, no SPECIAL-USE."""
    provider.offered = "IMAP4rev1"
    for place in provider.places.values():
        place.attributes = ""


def esearch(provider: Provider) -> None:
    provider.offered += " ESEARCH LITERAL+ LIST-EXTENDED"


# --- What is refused


def long_sets_refused(provider: Provider) -> None:
    _refuse(provider, lambda uids, _: len(uids) > 8)


def descending_sets_refused(provider: Provider) -> None:
    def descends(uids: str, _place: Place) -> bool:
        numbers = [int(number) for number in re.findall(r"\d+", uids)]
        return numbers != sorted(numbers)

    _refuse(provider, descends)


def one_at_a_time(provider: Provider) -> None:
    _refuse(provider, lambda uids, _: not uids.isdigit())


def past_the_end_refused(provider: Provider) -> None:
    def is_past(uids: str, place: Place) -> bool:
        largest = max(place.letters, default=0)
        return not largest or any(int(n) > largest for n in re.findall(r"\d+", uids))

    _refuse(provider, is_past)


# --- Folders


def noselect_parents(provider: Provider) -> None:
    provider.places.setdefault(b"Parent/Child", Place(b"Parent/Child"))
    parent = Place(b"Parent", "\\Noselect \\HasChildren", selectable=False)
    provider.places.setdefault(parent.name, parent)


def no_delimiter(provider: Provider) -> None:
    for place in provider.places.values():
        place.delimiter = "NIL"


ODD_NAMES = (
    b"Klienci/&AXsA8wFC-w",  # modified UTF-7
    b"A&B",  # not encoded at all
    b"A&-B",
    b'say "hi"',
    rb"back\slash\\es",
    b"2024",
    b"NIL",
    b"with space",
    b"(brackets)",
    "Żółw".encode(),  # raw UTF-8
    b"\xa3 latin",
    b"a%b*c",
    b"{5}",
)


def odd_names(provider: Provider) -> None:
    for name in ODD_NAMES:
        provider.places.setdefault(name, Place(name))


# --- Days, and the door


def search_a_day_early(provider: Provider) -> None:
    provider.days_off = -1


def search_a_day_late(provider: Provider) -> None:
    provider.days_off = 1


def id_first(provider: Provider) -> None:
    """NetEase lets nobody open a folder who did not say who they are."""
    provider.offered += " ID"

    def answer(talk: Talk) -> None:
        talk.memory["known"] = True
        talk.say(b'* ID ("name" "Coremail")\r\n{tag} OK done\r\n')

    def refuse(talk: Talk, answer: bytes) -> bytes:
        if "known" in talk.memory or talk.line == "CAPABILITY":
            return answer
        return b"{tag} NO Unsafe Login. Please contact kefu@188.com for help\r\n"

    provider.rules.append(("ID ", answer))
    provider.oddity = refuse


def preauth(provider: Provider) -> None:
    provider.greeting = b"* PREAUTH welcome\r\n"
    provider.rules.append(("LOGIN|AUTHENTICATE", b"{tag} BAD you are in already\r\n"))


def password_as_a_literal(provider: Provider) -> None:
    """No AUTHENTICATE, and a password that quotes cannot hold."""
    provider.offered = "IMAP4rev1"


ODDITIES: dict[str, Make] = {
    make.__name__: make
    for make in (
        *odd_answers.ALL,
        *(by_the_book, uidnext_missing, uidnext_too_low, uidnext_lagging, uidnext_decreasing),
        *(uidvalidity_0, uidvalidity_missing, highestmodseq_0, highestmodseq_missing),
        *(highestmodseq_decreasing, no_extensions, esearch, long_sets_refused, one_at_a_time),
        *(descending_sets_refused, past_the_end_refused, noselect_parents, no_delimiter),
        *(odd_names, search_a_day_early, search_a_day_late, id_first, preauth),
        password_as_a_literal,
    )
}


def _instead(pattern: bytes, value: Callable[[int], bytes]) -> Callable[[Talk, bytes], bytes]:
    """In the answers about folders; `value` gets the first number of what was found."""

    def change(talk: Talk, answer: bytes) -> bytes:
        if not talk.line.upper().startswith(("EXAMINE", "STATUS")):
            return answer
        return re.sub(pattern, lambda found: value(int(re.findall(rb"\d+", found[0])[0])), answer)

    return change


def _without(pattern: bytes) -> Callable[[Talk, bytes], bytes]:
    return _instead(pattern, lambda _: b"")


def _refuse(provider: Provider, is_bad: Callable[[str, Place], bool]) -> None:
    """BAD to a FETCH whose set of UIDs is."""

    def refuse(talk: Talk, answer: bytes) -> bytes:
        words = talk.line.upper().split(" ")
        if words[:2] == ["UID", "FETCH"] and is_bad(words[2], provider.opened(talk)):
            return b"{tag} BAD Invalid set of UIDs\r\n"
        return answer

    provider.oddity = refuse
