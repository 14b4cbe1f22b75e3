"""A big mailbox for benchmarks: real sizes rather than real stories.

Message sizes are those of a working mailbox: a median of about 10 KB and a heavy tail of
attachments, so that 10,000 messages hold close to 1 GB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from random import Random

from crm_inbox.demo import html, mime
from crm_inbox.demo.goods import PROJECTS
from crm_inbox.demo.mailbox import DemoMail
from crm_inbox.demo.mime import Part
from crm_inbox.demo.people import ANNA, Person, correspondents
from crm_inbox.demo.script import TOPICS, facts_for

_TEXT_MEDIAN, _TEXT_SPREAD, _TEXT_MOST = 6_300, 0.9, 200_000
_FILE_MEDIAN, _FILE_SPREAD, _FILE_MOST = 105_000, 1.3, 6_000_000
_LINE = 78  # base64 with its line end
_WITH_FILE = 0.21
_REPLIES = 0.55
_OPEN_THREADS = 300


@dataclass(frozen=True, slots=True)
class _Thread:
    subject: str
    person: Person
    ids: tuple[str, ...] = ()


def bulk(count: int, seed: int, now: datetime, years: float = 1) -> Iterator[DemoMail]:
    """`count` messages over the `years` before `now` (aware), oldest first, in INBOX and Sent."""
    writer = _Writer(seed)
    first = now - timedelta(days=365 * years - 1)
    step = (now - first) / max(count, 1)
    threads: list[_Thread] = []
    for number in range(count):
        rng = Random(f"bulk/{seed}/{number}")
        if threads and rng.random() < _REPLIES:
            # Squared: the thread that spoke last is the likeliest to speak next.
            place = len(threads) - 1 - int(rng.random() ** 2 * len(threads))
            thread = threads.pop(place)
        else:
            thread = writer.opened(rng, number)
        mail, thread = writer.mail(rng, number, thread, first + step * (number + rng.random()))
        threads.append(thread)
        del threads[:-_OPEN_THREADS]
        yield mail


class _Writer:
    """Holds what all messages share: people, sentences and a block of incompressible data."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.people = correspondents(seed)

    @cached_property
    def sentences(self) -> dict[str, list[str]]:
        rng = Random(f"sentences/{self.seed}")
        found: dict[str, list[str]] = {}
        for language, topics in TOPICS.items():
            writers = [person for person in self.people if person.language == language]
            parts = [part for topic in topics for part in topic.parts for _ in range(20)]
            found[language] = [
                part.text(rng, facts_for(rng.choice(writers), rng)).replace("\n\n", " ")
                for part in parts
            ]
        return found

    @cached_property
    def noise(self) -> bytes:
        return mime.base64_lines(Random(f"noise/{self.seed}").randbytes(_FILE_MOST))

    def opened(self, rng: Random, number: int) -> _Thread:
        person = rng.choice(self.people)
        return _Thread(f"{rng.choice(PROJECTS[person.language])} {number}", person)

    def mail(
        self, rng: Random, number: int, thread: _Thread, when: datetime
    ) -> tuple[DemoMail, _Thread]:
        sent = rng.random() < (0.35 if thread.ids else 0.1)
        sender, receiver = (ANNA, thread.person) if sent else (thread.person, ANNA)
        name = f"{number}.{self.seed}@{sender.address.partition('@')[2]}"
        headers = [
            ("From", mime.address(sender.name, sender.address)),
            ("To", mime.address(receiver.name, receiver.address)),
            ("Subject", mime.header(f"{'Re: ' if thread.ids else ''}{thread.subject}")),
            ("Date", format_datetime(when)),
            ("Message-ID", f"<{name}>"),
        ]
        if thread.ids:
            before = "\r\n ".join(f"<{known}>" for known in thread.ids[-20:])
            headers += [("In-Reply-To", f"<{thread.ids[-1]}>"), ("References", before)]
        raw = mime.message(headers, self.body(rng, thread.person.language))
        flags = frozenset({r"\Seen"} if sent or rng.random() < 0.9 else ())
        later = _Thread(thread.subject, thread.person, (*thread.ids, name))
        return DemoMail("Sent" if sent else "INBOX", when, flags, raw), later

    def body(self, rng: Random, language: str) -> Part:
        size = min(int(rng.lognormvariate(0, _TEXT_SPREAD) * _TEXT_MEDIAN), _TEXT_MOST)
        body = self.text(rng, language, size)
        if rng.random() < _WITH_FILE:
            files = (self.file(rng) for _ in range(rng.choice((1, 1, 1, 2))))
            body = mime.multipart("mixed", [body, *files])
        return body

    def text(self, rng: Random, language: str, size: int) -> Part:
        """About `size` bytes: plain text alone, or with the same as HTML."""
        kind = rng.random()
        wanted = size if kind < 0.4 else size * 2 // 5
        pool, chosen, length = self.sentences[language], [], 0
        while length < wanted:
            chosen.append(rng.choice(pool))
            length += len(chosen[-1])
        content = "\n\n".join(chosen) + "\n"
        plain = mime.text(content, encoding=rng.choice(("", "8bit", "base64")))
        if kind < 0.4:
            return plain
        page = mime.text(html.letter(content, [], ""), "html")
        return page if kind < 0.5 else mime.multipart("alternative", [plain, page])

    def file(self, rng: Random) -> Part:
        size = min(int(rng.lognormvariate(0, _FILE_SPREAD) * _FILE_MEDIAN), _FILE_MOST)
        lines = max(size // 57, 1)
        start = rng.randrange(max(len(self.noise) // _LINE - lines, 1)) * _LINE
        name = f"scan-{rng.randrange(10_000)}.pdf"
        headers = [
            ("Content-Type", f'application/pdf; name="{name}"'),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", f'attachment; filename="{name}"'),
        ]
        return Part(headers, self.noise[start : start + lines * _LINE])
