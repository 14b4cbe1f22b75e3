"""A mail provider with mail in it: folders and letters that tests change, read over real bytes.

It can do what our client asks for and no more; every answer can be given another form on its way
out (see oddities.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from tests.imap import fetching, searching
from tests.imap.fetching import Letter
from tests.imap.scripted_server import GREETING, Rule, Scripted, Talk

OFFERED = "IMAP4rev1 AUTH=PLAIN SASL-IR CONDSTORE UIDPLUS IDLE SPECIAL-USE"
# A command and its true answer, to what is said instead.
Oddity = Callable[[Talk, bytes], bytes]
_QUOTED = r'"(?:[^"\\]|\\.)*"|\{\d+\+?\}\r\n.*|[^ ()]+'


@dataclass(eq=False)
class Place:
    """A folder. `letters` are by UID."""

    name: bytes
    attributes: str = ""
    delimiter: str = '"/"'
    letters: dict[int, Letter] = field(default_factory=dict)
    uidvalidity: int = 7
    uidnext: int = 1
    selectable: bool = True

    def put(self, letter: Letter) -> int:
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.letters[uid] = letter
        return uid


class Provider(Scripted):
    """`days_off` shifts what SEARCH takes for a day; `newest` hides all but so many letters;
    `form` is how FETCH tells of a message.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        oddity: Oddity | None = None,
        slowly: bool = False,
        greeting: bytes = GREETING,
    ) -> None:
        super().__init__((), greeting, slowly)
        self.rules, self.oddity = list(rules), oddity
        self.offered = OFFERED
        self.days_off = 0
        self.newest: int | None = None
        self.form = fetching.by_the_book
        self.places = {
            name: Place(name, attributes)
            for name, attributes in {
                b"INBOX": "",
                b"Work": "",
                b"Sent": "\\Sent",
                b"Drafts": "\\Drafts",
                b"Junk": "\\Junk",
                b"Trash": "\\Trash",
            }.items()
        }
        self._changes = count(2)
        self.modseq = 1

    # --- what happens at the provider

    def deliver(
        self, raw: bytes, date: datetime, folder: bytes = b"INBOX", flags: Sequence[str] = ()
    ) -> Letter:
        letter = Letter(raw, date, set(flags), modseq=self.change())
        self.places[folder].put(letter)
        return letter

    def expunge(self, letter: Letter, folder: bytes = b"INBOX") -> None:
        self.change()
        letters = self.places[folder].letters
        del letters[next(uid for uid, one in letters.items() if one is letter)]

    def mark(self, letter: Letter, flag: str) -> None:
        letter.flags.add(flag)
        letter.modseq = self.change()

    def change(self) -> int:
        self.modseq = next(self._changes)
        return self.modseq

    def visible(self, place: Place) -> dict[int, Letter]:
        """By UID, ascending."""
        known = sorted(place.letters.items())
        return dict(known if self.newest is None else known[-self.newest :])

    # --- what is said

    def answer(self, talk: Talk) -> None:
        for pattern, scripted in self.rules:
            if re.match(pattern, talk.line, re.IGNORECASE):
                if callable(scripted):
                    scripted(talk)
                else:
                    talk.say(scripted)
                return
        answer = self.true_answer(talk)
        if answer is None:
            super().answer(talk)
        else:
            talk.say(self.oddity(talk, answer) if self.oddity else answer)

    def true_answer(self, talk: Talk) -> bytes | None:
        """By the book; None for what has nothing to do with mail."""
        words = talk.line.upper().split(" ")
        verb = " ".join(words[:2]) if words[0] == "UID" else words[0]
        commands = {
            "CAPABILITY": self._capability,
            "LIST": self._list,
            "STATUS": self._status,
            "EXAMINE": self._examine,
            "UID SEARCH": self._search,
            "UID FETCH": self._fetch,
        }
        return commands[verb](talk) if verb in commands else None

    def _capability(self, _talk: Talk) -> bytes:
        return b"* CAPABILITY %s\r\n{tag} OK done\r\n" % self.offered.encode()

    def _list(self, _talk: Talk) -> bytes:
        lines = [
            b"* LIST (%s) %s %s\r\n"
            % (place.attributes.encode(), place.delimiter.encode(), fetching.astring(place.name))
            for place in self.places.values()
        ]
        return b"".join(lines) + b"{tag} OK done\r\n"

    def _named(self, talk: Talk) -> Place | None:
        quoted = re.findall(_QUOTED, talk.line.partition(" ")[2], re.DOTALL)[0]
        word = quoted.encode("utf-8", "surrogateescape")
        if word.startswith(b"{"):
            size, _, word = word[1:].partition(b"}\r\n")
            word = word[: int(size.rstrip(b"+"))]
        elif word.startswith(b'"'):
            word = re.sub(rb"\\(.)", rb"\1", word[1:-1])
        return self.places.get(b"INBOX" if word.upper() == b"INBOX" else word)

    def _status(self, talk: Talk) -> bytes:
        place = self._named(talk)
        if place is None or not place.selectable:
            return b"{tag} NO [CANNOT] No such mailbox\r\n" if place else MISSING
        modseq = b" HIGHESTMODSEQ %d" % self.modseq if "HIGHESTMODSEQ" in talk.line else b""
        return b"* STATUS %s (MESSAGES %d UIDNEXT %d UIDVALIDITY %d%s)\r\n{tag} OK done\r\n" % (
            *(fetching.astring(place.name), len(self.visible(place))),
            *(place.uidnext, place.uidvalidity, modseq),
        )

    def _examine(self, talk: Talk) -> bytes:
        place = self._named(talk)
        talk.memory.pop("place", None)
        if place is None or not place.selectable:
            return b"{tag} NO Permission denied\r\n" if place else MISSING
        talk.memory["place"] = place
        keywords = {flag for one in place.letters.values() for flag in one.flags}
        modseq = b"* OK [HIGHESTMODSEQ %d] x\r\n" % self.modseq
        return b"* FLAGS (%s)\r\n* %d EXISTS\r\n%s%s%s{tag} OK [READ-ONLY] done\r\n" % (
            *(" ".join(sorted(keywords)).encode(), len(self.visible(place))),
            b"* OK [UIDVALIDITY %d] x\r\n" % place.uidvalidity,
            b"* OK [UIDNEXT %d] x\r\n" % place.uidnext,
            modseq if "CONDSTORE" in self.offered else b"",
        )

    def _search(self, talk: Talk) -> bytes:
        place = self.opened(talk)
        return searching.answer(talk.line, self.visible(place), self.days_off)

    def _fetch(self, talk: Talk) -> bytes:
        place = self.opened(talk)
        found = fetching.responses(talk.line, place.name, self.visible(place), self.form)
        return b"".join(found) + b"{tag} OK done\r\n"

    def opened(self, talk: Talk) -> Place:
        place = talk.memory["place"]
        assert isinstance(place, Place)
        return place


MISSING = b"{tag} NO [NONEXISTENT] No such mailbox\r\n"


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
