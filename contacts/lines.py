"""What a file of contacts says, line by line, before anybody has decided what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    BROKEN = "broken"


class Unreadable(ValueError):
    """The file is not what it says it is; `too_long` where it has more than MOST_LINES."""

    def __init__(self, *, too_long: bool = False) -> None:
        super().__init__("too long" if too_long else "cannot be read")
        self.too_long = too_long


@dataclass
class Line:
    """A row of a table as a spreadsheet counts, the header being row 1, or the number of a card.

    Once judged: `culprit` is the address that decided, `owner` whose it is already; `nameless`
    where the file gave no name.
    """

    number: int
    name: str
    organization: str = ""
    addresses: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.NEW
    culprit: str = ""
    owner: str = ""
    nameless: bool = False
    # Where its owner is: a contact that exists, or an earlier line of the same file.
    contact: int | None = None
    twin: Line | None = None


# So many contacts in one file; an import holds them in memory while it works.
MOST_LINES = 200_000


def decoded(data: bytes) -> str:
    """The text of a file whatever spreadsheet or phone saved it; every byte means something."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if wide := _without_mark(data):
        return data.decode(wide, "replace")
    for encoding in ("utf-8-sig", "cp1250"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _without_mark(data: bytes) -> str:
    """UTF-16 that does not say so has a zero beside nearly every letter of its first line."""
    start = data[:200]
    pairs = max(1, len(start) // 2)
    if start[1::2].count(0) > 0.7 * pairs:
        return "utf-16-le"
    if start[::2].count(0) > 0.7 * pairs:
        return "utf-16-be"
    return ""
