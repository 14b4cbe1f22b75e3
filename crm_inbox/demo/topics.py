"""Conversations as templates: who says what, in which order and how long after."""

from dataclasses import dataclass
from random import Random

Paragraph = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a topic; each paragraph is one text or several to choose from."""

    sent: bool
    paragraphs: tuple[Paragraph, ...]
    wait: str
    attach: str
    also: str

    def text(self, rng: Random, facts: dict[str, str]) -> str:
        chosen = (p if isinstance(p, str) else rng.choice(p) for p in self.paragraphs)
        return "\n\n".join(_capital(paragraph.format_map(facts)) for paragraph in chosen)


@dataclass(frozen=True, slots=True)
class Topic:
    """`folder` says where such mail is often filed; parts are oldest first."""

    name: str
    subjects: tuple[str, ...]
    parts: tuple[Part, ...]
    folder: str = ""

    @property
    def opened_by_them(self) -> bool:
        return not self.parts[0].sent


def them(*paragraphs: Paragraph, wait: str = "day", attach: str = "", also: str = "") -> Part:
    """A message to Anna. `wait` names how long after the one before: minutes, hours, day, days,
    week, late (many weeks). `attach` names a file, `also` who is in Cc."""
    return Part(False, paragraphs, wait, attach, also)


def us(*paragraphs: Paragraph, wait: str = "hours", attach: str = "", also: str = "") -> Part:
    """A message from Anna."""
    return Part(True, paragraphs, wait, attach, also)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
