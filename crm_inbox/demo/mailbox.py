"""The demo mailbox: what is in it at first, its contacts, and the mail that keeps arriving."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from crm_inbox.demo.arrivals import arriving
from crm_inbox.demo.letters import write
from crm_inbox.demo.people import ANNA, DemoContact, contacts
from crm_inbox.demo.schedule import RECENT, timetable
from crm_inbox.demo.script import Letter, Script

__all__ = ["ADDRESS", "FOLDERS", "DemoContact", "DemoMail", "contacts", "fresh", "generate"]

ADDRESS = ANNA.address
# Display name and special use (RFC 6154) of the folders besides INBOX.
FOLDERS = {
    "Sent": r"\Sent",
    "Drafts": r"\Drafts",
    "Junk": r"\Junk",
    "Trash": r"\Trash",
    "Archive": r"\Archive",
    "Klienci/Nowak i Wspólnicy": "",
    "Klienci/Zielony Taras": "",
    "Leads": "",
    "Newsletters": "",
    "Projects & Offers": "",
    "Faktury": "",
}
_ELSEWHERE = {"junk": "Junk", "draft": "Drafts", "trash": "Trash"}
_NEVER_COPIED = ("Sent", "Archive", *_ELSEWHERE.values())


@dataclass(frozen=True, slots=True)
class DemoMail:
    """`folder` by its display name, levels divided by "/"; `flags` with their backslash."""

    folder: str
    internaldate: datetime
    flags: frozenset[str]
    raw: bytes
    keywords: frozenset[str] = frozenset()


def generate(seed: int, count: int, now: datetime) -> Iterator[DemoMail]:
    """`count` messages over 14 months up to `now` (aware), oldest first.

    One in fifty is a copy of another in a second folder.
    """
    copies = count // 50
    found = [
        _mail(seed, conversation, index, times, now)
        for conversation, times in timetable(seed, count - copies, now)
        for index in range(len(times))
    ]
    received = [mail for mail in found if mail.folder not in _NEVER_COPIED]
    copied = Random(f"copies/{seed}").sample(received, copies)
    found.extend(replace(mail, folder="Archive") for mail in copied)
    yield from sorted(found, key=lambda mail: mail.internaldate)


def fresh(seed: int, n: int, now: datetime) -> DemoMail:
    """The n-th message (from 0) that arrives after the mailbox was made, at `now`."""
    conversation = arriving(seed, n)
    last = len(conversation.letters) - 1
    raw = write(conversation, last, [now] * (last + 1))
    return DemoMail("INBOX", now, frozenset(), raw)


def _mail(
    seed: int, conversation: Script, index: int, times: list[datetime], now: datetime
) -> DemoMail:
    letter, when = conversation.letters[index], times[index]
    rng = Random(f"place/{letter.message_id}")
    age = now - when
    answered = any(later.sent for later in conversation.letters[index + 1 : index + 2])
    return DemoMail(
        _folder(conversation, letter, age, rng),
        when,
        _flags(conversation, letter, age, answered, rng),
        write(conversation, index, times[: index + 1]),
        frozenset({rng.choice(("Hot", "Waiting", "Offer"))} if rng.random() < 0.03 else ()),
    )


def _folder(conversation: Script, letter: Letter, age: timedelta, rng: Random) -> str:
    if conversation.kind in _ELSEWHERE:
        return _ELSEWHERE[conversation.kind]
    if letter.sent:
        return "Sent"
    tidied = 0.2 if age < RECENT else 0.6
    if conversation.folder and rng.random() < tidied:
        return conversation.folder
    return "Archive" if age > timedelta(days=200) and rng.random() < 0.3 else "INBOX"


def _flags(
    conversation: Script, letter: Letter, age: timedelta, answered: bool, rng: Random
) -> frozenset[str]:
    flags = set()
    unread = 0.45 if age < RECENT else 0.1 if age < timedelta(days=30) else 0.02
    if conversation.auto:
        unread = 0.5
    if letter.sent or answered or rng.random() > unread:
        flags.add(r"\Seen")
    if answered:
        flags.add(r"\Answered")
    if conversation.kind == "draft":
        flags |= {r"\Draft", r"\Seen"}
    if rng.random() < 0.04:
        flags.add(r"\Flagged")
    return frozenset(flags)
