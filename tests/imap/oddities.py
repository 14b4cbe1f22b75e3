"""What real providers do beside the book (SYNC.md, "Servers' oddities"), each by its name.

An oddity makes a by-the-book provider do it. All of them leave every letter within reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

from tests.imap import fetching
from tests.imap.provider import Place, Provider
from tests.imap.scripted_server import Talk, fall_silent

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


# --- FETCH in other forms


def uid_after_the_literal(provider: Provider) -> None:
    def form(sequence: int, uid: int, items: list[bytes]) -> bytes:
        return b"* %d FETCH (%s UID %d)\r\n" % (sequence, b" ".join(items), uid)

    provider.form = form


def several_responses(provider: Provider) -> None:
    """Each item in one of its own."""

    def form(sequence: int, uid: int, items: list[bytes]) -> bytes:
        return b"".join(b"* %d FETCH (UID %d %s)\r\n" % (sequence, uid, one) for one in items)

    provider.form = form


def uid_in_one_of_several_responses(provider: Provider) -> None:
    def form(sequence: int, uid: int, items: list[bytes]) -> bytes:
        rest = b"".join(b"* %d FETCH (%s)\r\n" % (sequence, one) for one in items[1:])
        return b"%s* %d FETCH (%s UID %d)\r\n" % (rest, sequence, items[0], uid)

    provider.form = form


def lower_case(provider: Provider) -> None:
    def form(sequence: int, uid: int, items: list[bytes]) -> bytes:
        named = [one.partition(b" ") for one in items]
        told = b" ".join(name.lower() + space + rest for name, space, rest in named)
        return b"* %d fetch (uid %d %s)\r\n" % (sequence, uid, told)

    provider.form = form


def unsolicited_fetch(provider: Provider) -> None:
    """Flags of messages that nobody asked about, and how many there are, in the middle."""

    def between(talk: Talk, answer: bytes) -> bytes:
        if not talk.line.upper().startswith("UID FETCH"):
            return answer
        place = provider.opened(talk)
        told = b"".join(
            b"* %d FETCH (FLAGS (%s))\r\n" % (sequence, " ".join(sorted(one.flags)).encode())
            for sequence, one in enumerate(provider.visible(place).values(), 1)
        )
        told += b"* %d EXISTS\r\n* 0 RECENT\r\n" % len(place.letters)
        found = fetching.responses(
            talk.line,
            place.name,
            provider.visible(place),
            lambda *each: told + provider.form(*each),
        )
        return told + b"".join(found) + told + b"{tag} OK done\r\n"

    provider.oddity = between


def expunge_in_the_middle(provider: Provider) -> None:
    """Somebody else deletes the inbox's first message after one answer, once."""
    left = [1]

    def between(talk: Talk, answer: bytes) -> bytes:
        if "BODY.PEEK[]" not in talk.line or not left:
            return answer
        place = provider.opened(talk)
        before = fetching.responses(talk.line, place.name, provider.visible(place))
        if place.name != b"INBOX" or len(before) < 3:
            return answer
        left.clear()
        provider.expunge(place.letters[min(place.letters)])
        after = fetching.responses(talk.line, place.name, provider.visible(place))
        same = after[1 - len(before) :]
        return b"".join([before[0], b"* 1 EXPUNGE\r\n", *same]) + b"{tag} OK done\r\n"

    provider.oddity = between


# --- Content that cannot be described


def malformed_bodystructure(provider: Provider) -> None:
    _structures(provider, b'(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) "MIXED"')


def nil_bodystructure(provider: Provider) -> None:
    _structures(provider, b"NIL")


def nil_addresses(provider: Provider) -> None:
    """In the envelope of a message that is inside of another one."""
    addresses = b"NIL ((NIL NIL NIL NIL)) NIL ((NIL NIL NIL NIL)(NIL NIL NIL NIL)) NIL NIL"
    _structures(
        provider,
        b'(("TEXT" "PLAIN" NIL NIL NIL "8BIT" 6 1)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 99'
        b' (NIL NIL %s NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) 9) "MIXED")' % addresses,
    )


# --- Connections that break


def bye_in_a_literal(provider: Provider) -> None:
    """Once, in the middle of a message."""
    left = [1]

    def cut(talk: Talk, answer: bytes) -> bytes:
        if "BODY.PEEK[]" not in talk.line or not left:
            return answer
        left.clear()
        half = answer.index(b"Message-ID")
        talk.say(answer[:half] + b"* BYE Server shutting down\r\n")
        talk.hang_up()
        return b""

    provider.oddity = cut


def stall(provider: Provider) -> None:
    """Once, in the middle of a message; until whoever asked has given up."""
    left = [1]

    def wait(talk: Talk, answer: bytes) -> bytes:
        if "BODY.PEEK[]" in talk.line and left:
            left.clear()
            half = answer.index(b"Message-ID")
            talk.say(answer[:half])
            fall_silent(talk)
            return b""
        return answer

    provider.oddity = wait


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
        *(by_the_book, uidnext_missing, uidnext_too_low, uidnext_lagging, uidnext_decreasing),
        *(uidvalidity_0, uidvalidity_missing, highestmodseq_0, highestmodseq_missing),
        *(highestmodseq_decreasing, no_extensions, esearch, long_sets_refused, one_at_a_time),
        *(descending_sets_refused, past_the_end_refused, uid_after_the_literal),
        *(several_responses, uid_in_one_of_several_responses, lower_case, unsolicited_fetch),
        *(expunge_in_the_middle, malformed_bodystructure, nil_bodystructure, nil_addresses),
        *(bye_in_a_literal, stall, noselect_parents, no_delimiter, odd_names, search_a_day_early),
        *(search_a_day_late, id_first, preauth, password_as_a_literal),
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


def _structures(provider: Provider, structure: bytes) -> None:
    for place in provider.places.values():
        for letter in place.letters.values():
            letter.structure = structure
