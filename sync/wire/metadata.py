"""What is asked about messages before their content, and how the answers become records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from sync.parse.headers import IDENTIFYING
from sync.wire.model import EPOCH, Capabilities, Flags, Listed, Metadata
from sync.wire.questions import Question
from sync.wire.tokens import Items, Value, number

_HEADER_FIELDS = " ".join(IDENTIFYING).upper().encode()
HEADERS = b"BODY[HEADER.FIELDS]"
_MONTHS = {
    month: number
    for number, month in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_FLAGS = (b"UID", b"FLAGS")
_LISTED = (*_FLAGS, b"INTERNALDATE", b"RFC822.SIZE")


def flags_question(offered: Capabilities) -> Question[Flags]:
    return Question(_items(_FLAGS, offered), frozenset(_FLAGS), Flags, as_flags)


def listed_question(offered: Capabilities) -> Question[Listed]:
    return Question(_items(_LISTED, offered), frozenset(_LISTED), Listed, as_listed)


def metadata_question(offered: Capabilities) -> Question[Metadata]:
    """ENVELOPE is not asked for: slow to read, and broken for broken mail."""
    names = list(_LISTED)
    if offered.objectid:
        names += [b"EMAILID", b"THREADID"]
    if offered.gmail:
        names += [b"X-GM-MSGID", b"X-GM-THRID"]
    names.append(b"BODY.PEEK[HEADER.FIELDS (%s)]" % _HEADER_FIELDS)
    return Question(_items(names, offered), frozenset((*_LISTED, HEADERS)), Metadata, as_metadata)


def _items(names: Iterable[bytes], offered: Capabilities) -> bytes:
    extensions = []
    if offered.condstore:
        extensions.append(b"MODSEQ")
    if offered.gmail:
        extensions.append(b"X-GM-LABELS")
    return b"(%s)" % b" ".join((*names, *extensions))


def as_flags(uid: int, items: Items) -> Flags:
    return Flags(
        uid=uid,
        flags=_flags(items.get(b"FLAGS")),
        modseq=number(items.get(b"MODSEQ")),
        gm_labels=_labels(items.get(b"X-GM-LABELS")),
    )


def as_listed(uid: int, items: Items) -> Listed:
    return Listed(
        uid=uid,
        flags=_flags(items.get(b"FLAGS")),
        modseq=number(items.get(b"MODSEQ")),
        gm_labels=_labels(items.get(b"X-GM-LABELS")),
        size=number(items.get(b"RFC822.SIZE")) or 0,
        internaldate=internaldate(items.get(b"INTERNALDATE")),
    )


def as_metadata(uid: int, items: Items) -> Metadata:
    headers = items.get(HEADERS)
    return Metadata(
        uid=uid,
        flags=_flags(items.get(b"FLAGS")),
        modseq=number(items.get(b"MODSEQ")),
        gm_labels=_labels(items.get(b"X-GM-LABELS")),
        size=number(items.get(b"RFC822.SIZE")) or 0,
        internaldate=internaldate(items.get(b"INTERNALDATE")),
        headers=headers if isinstance(headers, bytes) else b"",
        gm_msgid=number(items.get(b"X-GM-MSGID")),
        gm_thrid=number(items.get(b"X-GM-THRID")),
        emailid=_objectid(items.get(b"EMAILID")),
        threadid=_objectid(items.get(b"THREADID")),
    )


def internaldate(value: Value) -> datetime:
    """`17-Jul-1996 02:44:25 -0700` in UTC (RFC 3501, 9, date-time); EPOCH where it is none."""
    if not isinstance(value, bytes):
        return EPOCH
    try:
        return datetime(
            int(value[7:11]),
            _MONTHS[value[3:6].title()],
            int(value[:2]),
            int(value[12:14]),
            int(value[15:17]),
            int(value[18:20]),
            tzinfo=_zone(value[21:26]),
        ).astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return EPOCH


@lru_cache(maxsize=256)
def _zone(text: bytes) -> timezone:
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-ahead if text[:1] == b"-" else ahead)


def _flags(value: Value) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return _known_flags(tuple(flag for flag in value if isinstance(flag, bytes)))


@lru_cache(maxsize=1024)
def _known_flags(flags: tuple[bytes, ...]) -> frozenset[str]:
    return frozenset(flag.decode("utf-8", "replace") for flag in flags)


def _labels(value: Value) -> tuple[bytes, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(label for label in value if isinstance(label, bytes))


def _objectid(value: Value) -> str | None:
    """`(M6d99ac3275bb4e)`; THREADID may be NIL (RFC 8474, 5.2)."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value.decode("ascii", "replace") if isinstance(value, bytes) else None
