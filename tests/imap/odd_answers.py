"""Oddities of what FETCH answers, and of connections that break in the middle of it."""

from __future__ import annotations

from tests.imap import fetching
from tests.imap.provider import Provider
from tests.imap.scripted_server import Talk, fall_silent

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


def _structures(provider: Provider, structure: bytes) -> None:
    for place in provider.places.values():
        for letter in place.letters.values():
            letter.structure = structure


ALL = (
    *(uid_after_the_literal, several_responses, uid_in_one_of_several_responses, lower_case),
    *(unsolicited_fetch, expunge_in_the_middle, malformed_bodystructure, nil_bodystructure),
    *(nil_addresses, bye_in_a_literal, stall),
)
