"""What happens in the number-th conversation, before anybody knows when."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from random import Random

from crm_inbox.demo import newsletters, notices, oddities, topics_en, topics_ja, topics_pl
from crm_inbox.demo.attachments import made
from crm_inbox.demo.companies import NOWAK, TARAS
from crm_inbox.demo.goods import facts
from crm_inbox.demo.mime import Attachment, Headers, Part
from crm_inbox.demo.people import ANNA, COLLEAGUES, Person, correspondents
from crm_inbox.demo.topics import Topic

TOPICS = {"en": topics_en.TOPICS, "pl": topics_pl.TOPICS, "ja": topics_ja.TOPICS}
REPLIES = {"en": topics_en.REPLIES, "pl": topics_pl.REPLIES, "ja": topics_ja.REPLIES}

# How many of every hundred conversations are of which kind.
KINDS = {
    "contact": 34,
    "other": 33,
    "newsletter": 14,
    "notice": 6,
    "junk": 4,
    "trash": 4,
    "bounce": 2,
    "draft": 2,
    "odd": 1,
}
CLIENT_FOLDERS = {NOWAK: f"Klienci/{NOWAK}", TARAS: f"Klienci/{TARAS}"}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message; `wait` names the time since the one before.

    `body` replaces text and files, `subject` that of the conversation.
    """

    message_id: str
    sender: Person
    to: tuple[Person, ...]
    text: str
    sent: bool = False
    cc: tuple[Person, ...] = ()
    wait: str = "day"
    files: tuple[Attachment, ...] = ()
    invite: bool = False
    body: Part | None = None
    subject: str = ""
    headers: Headers = field(default_factory=list)
    mangle: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True, slots=True)
class Script:
    number: int
    kind: str
    language: str
    subject: str
    letters: tuple[Letter, ...]
    folder: str = ""
    auto: bool = False


def script(seed: int, number: int) -> Script:
    """The conversation of that number, 0 being the newest; the same whenever it is asked for."""
    deck, before = _deck(seed)
    kind = deck[number % 100]
    ordinal = number // 100 * KINDS[kind] + before[number % 100]
    return of_kind(seed, number, kind, ordinal)


def of_kind(seed: int, number: int, kind: str, ordinal: int) -> Script:
    """As `script`, for the caller who chooses: `ordinal` counts conversations of this kind."""
    rng = Random(f"script/{seed}/{number}/{kind}")
    if kind in ("contact", "other", "draft", "bounce", "odd"):
        return _human(seed, number, kind, ordinal, rng)
    return _automatic(seed, number, kind, ordinal, rng)


@lru_cache(maxsize=4)
def _deck(seed: int) -> tuple[list[str], list[int]]:
    """A shuffled hundred of kinds; beside each, how many of its kind come before it."""
    deck = [kind for kind, share in KINDS.items() for _ in range(share)]
    rest = deck[1:]
    Random(f"deck/{seed}").shuffle(rest)
    # The newest conversation is always one with a contact.
    deck[1:] = rest
    return deck, [deck[:i].count(kind) for i, kind in enumerate(deck)]


def message_id(seed: int, number: int, index: int, sender: Person) -> str:
    digest = blake2b(f"{seed}/{number}/{index}".encode(), digest_size=9).hexdigest()
    return f"{digest}@{sender.address.partition('@')[2]}"


def _automatic(seed: int, number: int, kind: str, ordinal: int, rng: Random) -> Script:
    if kind == "newsletter" or (kind == "trash" and ordinal % 2):
        # Those thrown away are not the issues that were kept.
        shift = 11 * len(newsletters.PUBLISHERS) if kind == "trash" else 0
        sender, subject, body, headers = newsletters.issue(ordinal + shift, rng)
        text, folder = "", "Newsletters"
    else:
        template = notices.spam if kind == "junk" else notices.notice
        sender, subject, text = template(ordinal, rng)
        body, headers, folder = None, [("Auto-Submitted", "auto-generated")], ""
    name = message_id(seed, number, 0, sender)
    letter = Letter(name, sender, (ANNA,), text, body=body, headers=headers)
    return Script(number, kind, sender.language, subject, (letter,), folder, auto=True)


def person_for(seed: int, kind: str, ordinal: int) -> Person:
    everybody = correspondents(seed)
    known = sum(person.contact for person in everybody)
    if kind == "contact":
        return everybody[(ordinal * 7) % known]
    return everybody[known + (ordinal * 11) % (len(everybody) - known)]


def _human(seed: int, number: int, kind: str, ordinal: int, rng: Random) -> Script:
    person = person_for(seed, kind, ordinal)
    topic = _topic(person, kind, ordinal)
    words = facts_for(person, rng)
    subject = topic.subjects[ordinal // 3 % len(topic.subjects)].format_map(words)
    letters = _letters(seed, number, person, topic, words, rng)
    folder = CLIENT_FOLDERS.get(person.company.name if person.company else "", topic.folder)
    found = Script(
        number, kind, person.language, subject[:1].upper() + subject[1:], letters, folder
    )
    if kind == "draft":
        return replace(found, letters=letters[:1])
    if kind == "bounce":
        return _bounced(seed, found, person)
    if kind == "odd":
        broken = replace(letters[0], mangle=oddities.ALL[ordinal % len(oddities.ALL)])
        return replace(found, letters=(broken,))
    return found


def facts_for(person: Person, rng: Random) -> dict[str, str]:
    company = person.company
    woman = person.greeting.startswith("Pani ")
    ending = (
        {"em": "am", "y": "a", "bym": "abym"} if woman else {"em": "em", "y": "y", "bym": "bym"}
    )
    city = (company.city if company else "") or ("Poznań" if person.language == "pl" else "Leeds")
    named = {"company": company.name if company else person.name, "city": city}
    return facts(rng, person.language, named | ending)


def _topic(person: Person, kind: str, ordinal: int) -> Topic:
    topics = TOPICS[person.language]
    if kind in ("draft", "bounce"):
        topics = tuple(
            t for t in TOPICS["pl" if person.language == "pl" else "en"] if t.parts[0].sent
        )
    elif kind == "odd":
        topics = tuple(topic for topic in topics if topic.opened_by_them)
    return topics[ordinal * 5 % len(topics)]


def _letters(
    seed: int, number: int, person: Person, topic: Topic, words: dict[str, str], rng: Random
) -> tuple[Letter, ...]:
    length = len(topic.parts) if rng.random() < 0.5 else rng.randint(1, len(topic.parts))
    other = replace(person, address=person.second_address or person.address)
    in_copy = _fellow(seed, person) if rng.random() < 0.15 else ()
    letters = []
    for index, part in enumerate(topic.parts[:length]):
        writer = other if rng.random() < 0.3 else person
        sender = ANNA if part.sent else writer
        also = tuple(c for c in COLLEAGUES if part.also and c.address.startswith(part.also))
        files = (
            (made(part.attach, person.language, words, rng),)
            if part.attach not in ("", "invite") and rng.random() < 0.8
            else ()
        )
        letters.append(
            Letter(
                message_id(seed, number, index, sender),
                sender,
                (writer if part.sent else ANNA,),
                part.text(rng, words),
                part.sent,
                in_copy + also,
                part.wait,
                files,
                part.attach == "invite",
            )
        )
    return tuple(letters)


def _fellow(seed: int, person: Person) -> tuple[Person, ...]:
    """Somebody else of the same company, to be in copy."""
    if person.company is None:
        return ()
    others = (p for p in correspondents(seed) if p.company == person.company and p != person)
    return tuple(others)[:1]


def _bounced(seed: int, found: Script, person: Person) -> Script:
    gone = replace(person, address=f"old.{person.address}")
    first = replace(found.letters[0], to=(gone,), cc=())
    report = Letter(
        message_id(seed, found.number, 1, notices.DAEMON),
        notices.DAEMON,
        (ANNA,),
        "",
        wait="minutes",
        body=notices.failure(gone, found.subject, first.message_id),
        subject="Undelivered Mail Returned to Sender",
        headers=[("Auto-Submitted", "auto-replied")],
    )
    return replace(found, letters=(first, report), folder="")
