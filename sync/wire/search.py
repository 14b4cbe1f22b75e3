"""SEARCH: criteria as arguments of a command, and the reading of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from sync.wire.channel import Argument, Text
from sync.wire.reader import Response
from sync.wire.tokens import Malformed
from sync.wire.uidsets import UidRange, range_set

Criteria: TypeAlias = Sequence[Argument]

# Bytes of a command that servers take (RFC 7162, 4, recommends 8192).
COMMAND_LIMIT = 8000

# No folder holds more.
_LARGEST_RUN = 50_000_000

ALL: Criteria = (b"ALL",)
_MONTHS = b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def since(day: date) -> Criteria:
    """INTERNALDATE on that day or later, by the server's idea of a day."""
    return (b"SINCE", _day(day))


def before(day: date) -> Criteria:
    """INTERNALDATE before that day."""
    return (b"BEFORE", _day(day))


def keyword(word: str) -> Criteria:
    """An IMAP keyword or a flag's name without the backslash. Raises ValueError for no atom."""
    if not word.isascii() or not word.isprintable() or set(word) & set(' (){%*"\\]'):
        raise ValueError("A keyword holds no spaces, brackets, quotes or wildcards.")
    return (b"KEYWORD", word.encode())


def gmail_label(raw_name: bytes) -> Criteria:
    """Messages with a Gmail label, by its raw name."""
    return (b"X-GM-LABELS", Text(raw_name))


def involving(addresses: Sequence[str]) -> Criteria:
    """Any of the addresses in From, To, Cc or Bcc. Substrings match too: check the headers."""
    if not addresses:
        raise ValueError("Nobody to look for.")
    fields = (b"FROM", b"TO", b"CC", b"BCC")
    return _any([(field, Text(address.encode())) for address in addresses for field in fields])


def matching(words: str) -> Criteria:
    """From or Subject hold the words as they are; so does the Message-ID, where they may be one."""
    text = Text(words.encode())
    fields: list[Criteria] = [(b"FROM", text), (b"SUBJECT", text)]
    bare = words.removeprefix("<").removesuffix(">")
    if "@" in bare and " " not in bare:
        fields.append((b"HEADER", b"Message-ID", Text(bare.encode())))
    return _any(fields)


def size_of(criteria: Criteria) -> int:
    """Bytes that the criteria need in a command, to be compared with COMMAND_LIMIT."""
    return sum(len(each if isinstance(each, bytes) else each.value) + 3 for each in criteria)


def search_arguments(
    criteria: Criteria | str | bytes, uid_range: UidRange | None, esearch: bool
) -> tuple[Argument, ...]:
    if isinstance(criteria, str):
        criteria = criteria.encode()
    if isinstance(criteria, bytes):
        criteria = (criteria,)
    arguments: list[Argument] = [b"UID SEARCH"]
    if esearch:
        arguments.append(b"RETURN (ALL)")
    if any(isinstance(each, Text) and not each.value.isascii() for each in criteria):
        arguments.append(b"CHARSET UTF-8")
    if uid_range is not None:
        arguments += (b"UID", range_set(uid_range))
    return (*arguments, *criteria)


def read_uids(untagged: Iterable[Response]) -> set[int]:
    """From SEARCH, or from ESEARCH (RFC 4731). Raises Malformed."""
    found: set[int] = set()
    for response in untagged:
        name, _, rest = response.text.partition(b" ")
        try:
            if name.upper() == b"SEARCH":
                # A MODSEQ in brackets may follow (RFC 7162, 3.1.5).
                found.update(map(int, rest.partition(b"(")[0].split()))
            elif name.upper() == b"ESEARCH":
                _add_ranges(found, rest.upper())
        except ValueError as error:
            raise Malformed("SEARCH") from error
    return found


def _add_ranges(found: set[int], text: bytes) -> None:
    _, is_there, ranges = text.partition(b" ALL ")
    if not is_there:
        return
    for piece in ranges.split(b" ")[0].split(b","):
        first, _, last = piece.partition(b":")
        ends = sorted((int(first), int(last or first)))
        if ends[1] - ends[0] > _LARGEST_RUN:
            raise Malformed("SEARCH")
        found.update(range(ends[0], ends[1] + 1))


def _any(alternatives: list[Criteria]) -> Criteria:
    """OR takes two: a balanced tree, since some servers read it recursively."""
    if len(alternatives) == 1:
        return alternatives[0]
    middle = len(alternatives) // 2
    return (b"OR", *_any(alternatives[:middle]), *_any(alternatives[middle:]))


def _day(day: date) -> bytes:
    # Not strftime: it writes the month in the process's language.
    return b"%d-%s-%d" % (day.day, _MONTHS[day.month - 1], day.year)
