"""FETCH as a provider answers it (RFC 3501, 6.4.5, and Gmail's extensions)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

_ITEMS = re.compile(r"BODY\.PEEK\[[^\]]*\](?:<0\.\d+>)?|[A-Z0-9.\-]+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(eq=False)
class Letter:
    """`number` and `thread` are Gmail's or OBJECTID's, `labels` are Gmail's; `structure` is a
    BODYSTRUCTURE as it is sent.
    """

    raw: bytes
    date: datetime
    flags: set[str] = field(default_factory=set)
    modseq: int = 1
    number: int = 0
    thread: int = 0
    labels: set[bytes] = field(default_factory=set)
    structure: bytes = b""


# A message's sequence number, UID and items, to the bytes that tell them.
Form = Callable[[int, int, list[bytes]], bytes]


def by_the_book(sequence: int, uid: int, items: list[bytes]) -> bytes:
    return b"* %d FETCH (UID %d %s)\r\n" % (sequence, uid, b" ".join(items))


def responses(
    line: str, folder: bytes, letters: dict[int, Letter], form: Form = by_the_book
) -> list[bytes]:
    """What `UID FETCH` asks, one response for each letter, by UID ascending."""
    _, _, uids, asked = line.split(" ", 3)
    since = re.search(r" \(CHANGEDSINCE (\d+)\)$", asked)
    wanted = [
        name for name in _ITEMS.findall(asked[: since.start()] if since else asked) if name != "UID"
    ]
    answers = []
    for sequence, (uid, letter) in enumerate(letters.items(), 1):
        if is_in(uid, uids, max(letters)) and (since is None or letter.modseq > int(since[1])):
            items = [_item(name, letter, folder) for name in wanted]
            answers.append(form(sequence, uid, items))
    return answers


def is_in(uid: int, uids: str, largest: int) -> bool:
    """Is the UID in the set? `*` is the largest one (RFC 3501, 9, seq-number)."""
    for piece in uids.split(","):
        first, _, last = piece.partition(":")
        ends = [largest if end == "*" else int(end) for end in (first, last or first)]
        if min(ends) <= uid <= max(ends):
            return True
    return False


def astring(text: bytes) -> bytes:
    """As an atom, quoted, or as a literal where quotes cannot hold it."""
    if re.fullmatch(rb"[\w./&+-]+", text):
        return text
    if re.fullmatch(rb"[\x20-\x7e]*", text):
        return b'"%s"' % text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return literal(text)


def literal(text: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(text), text)


def _item(name: str, letter: Letter, folder: bytes) -> bytes:
    if name.startswith("BODY."):
        return _body(name, letter.raw)
    value = {
        "FLAGS": b"(%s)" % " ".join(sorted(letter.flags)).encode(),
        "INTERNALDATE": b'"%s"' % _date(letter.date).encode(),
        "RFC822.SIZE": b"%d" % len(letter.raw),
        "MODSEQ": b"(%d)" % letter.modseq,
        "EMAILID": b"(M%d)" % letter.number,
        "THREADID": b"(T%d)" % letter.thread if letter.thread else b"NIL",
        "X-GM-MSGID": b"%d" % letter.number,
        "X-GM-THRID": b"%d" % letter.thread,
        "X-GM-LABELS": _labels(letter.labels, folder),
        "BODYSTRUCTURE": letter.structure or _structure(letter.raw),
    }[name]
    return b"%s %s" % (name.encode(), value)


def _labels(labels: set[bytes], folder: bytes) -> bytes:
    """Gmail does not tell the label of the folder that is open."""
    own = b"\\Inbox" if folder == b"INBOX" else folder
    return b"(%s)" % b" ".join(astring(label) for label in sorted(labels - {own}))


def _body(name: str, raw: bytes) -> bytes:
    head, _, text = raw.partition(b"\r\n\r\n")
    section = name.partition("[")[2].partition("]")[0]
    shown = section
    if section == "":
        data = raw
    elif section == "HEADER":
        data = head + b"\r\n\r\n"
    elif section.startswith("HEADER.FIELDS"):
        data = _fields(head, section.partition("(")[2].rstrip(")").split())
    else:
        data = text
    if "<" in name:
        shown, most = section, int(name.rpartition(".")[2].rstrip(">"))
        return b"BODY[%s]<0> %s" % (shown.encode(), literal(data[:most]))
    return b"BODY[%s] %s" % (shown.encode(), literal(data))


def _fields(head: bytes, names: list[str]) -> bytes:
    fields = re.split(rb"\r\n(?![ \t])", head)
    kept = [one for one in fields if one.partition(b":")[0].decode("latin-1").upper() in names]
    return b"".join(one + b"\r\n" for one in kept) + b"\r\n"


def _structure(raw: bytes) -> bytes:
    text = raw.partition(b"\r\n\r\n")[2]
    return b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" %d %d NIL NIL NIL)' % (
        len(text),
        text.count(b"\n"),
    )


def _date(at: datetime) -> str:
    return f"{at.day:2}-{_MONTHS[at.month - 1]}-{at:%Y %H:%M:%S %z}"
