"""The forgiving parser: the standard library, after the worst damage is undone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from sync.parse.charsets import decode
from sync.parse.encodings import encoding_name, part_bytes
from sync.parse.headers import has_bare_cr, header_block
from sync.parse.mime import Part
from sync.parse.model import DEPTH_LIMIT, FALLBACK_LIMIT, PARTS_LIMIT

_FOLD = re.compile(r"\r?\n[ \t]*")
_BARE_CR = re.compile(rb"\r(?!\n)")
# A delimiter line (RFC 2046, 5.1.1) with the header of a part after it.
_DELIMITER = re.compile(rb"^--([!-~]{1,70})[ \t]*\r?\n(?=content-)", re.IGNORECASE | re.MULTILINE)
_CONTENT_FIELD = re.compile(
    rb"^content-[a-z-]{1,20}[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_CONTENT_FIELD_LIMIT = 4_000
_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]")
_SPACE_BEFORE_COLON = re.compile(rb"^([!-9;-~]+)[ \t]+:")


def mend(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The message with line ends and header lines as RFC 5322 wants them, and what was done."""
    raw = raw[:FALLBACK_LIMIT]
    notes: list[str] = []
    if has_bare_cr(raw):
        raw = _BARE_CR.sub(b"\r\n", raw)
        notes.append("line ends")
    raw = raw.lstrip(b"\r\n")
    block = header_block(raw)
    mended = _mended_header(block)
    if mended != block:
        notes.append("header lines")
    raw = _CONTENT_FIELD.sub(_cut_field, mended + raw[len(block) :])
    return raw, tuple(notes)


def read_tree_slowly(raw: bytes) -> Part:
    """Raises RecursionError, ValueError and others that the standard library lets through."""
    return _part(message_from_bytes(raw, policy=compat32), 0, [PARTS_LIMIT])


def _cut_field(match: re.Match[bytes]) -> bytes:
    # The library reads the parameters of one field in time quadratic to its length.
    field = match.group()
    return field if len(field) <= _CONTENT_FIELD_LIMIT else field[:_CONTENT_FIELD_LIMIT]


def _mended_header(block: bytes) -> bytes:
    lines = block.splitlines(keepends=True)
    kept = [_SPACE_BEFORE_COLON.sub(rb"\1:", line) for line in lines if _HEADER_LINE.match(line)]
    return b"".join(kept)


def _part(message: Message, depth: int, room: list[int]) -> Part:
    fields = _fields(message)
    encoding = encoding_name(fields.get("content-transfer-encoding", ""))
    part = Part(
        content_type=message.get_content_type(),
        type_field=fields.get("content-type", ""),
        disposition_field=fields.get("content-disposition", ""),
        content_id=fields.get("content-id", ""),
        encoding=encoding,
        size=0,
        content=bytes,
    )
    payload = message.get_payload()
    if not isinstance(payload, list):
        raw = _raw_content(message)
        regained = _with_guessed_boundary(raw) if part.is_multipart and depth < 3 else None
        if regained is not None:
            _add_children(part, regained, depth, room)
        else:
            _set_content(part, raw)
    elif part.is_multipart:
        _add_children(part, payload, depth, room)
    elif payload:
        # message/rfc822 holds one message, message/delivery-status blocks of fields.
        inner = [each for each in payload if isinstance(each, Message)]
        part.inner_subject = _fields(inner[0]).get("subject", "") if inner else ""
        content = b"".join(_written(each) for each in inner)
        part.size = len(content)
        part.content = lambda: content
    return part


def _add_children(part: Part, payload: Iterable[object], depth: int, room: list[int]) -> None:
    for child in payload:
        room[0] -= 1
        if room[0] < 0 or depth >= DEPTH_LIMIT:
            part.cut = True
            break
        if isinstance(child, Message):
            part.children.append(_part(child, depth + 1, room))


def _with_guessed_boundary(raw: bytes) -> list[object] | None:
    """The parts of a multipart whose label names no boundary or another one."""
    match = _DELIMITER.search(raw)
    if match is None:
        return None
    header = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n' % match[1]
    payload = message_from_bytes(header + raw, policy=compat32).get_payload()
    return list(payload) if isinstance(payload, list) else None


def _raw_content(message: Message) -> bytes:
    # Without the field the library leaves the bytes alone; its own base64 gives up on junk.
    del message["Content-Transfer-Encoding"]
    content = message.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _set_content(part: Part, raw: bytes) -> None:
    if part.is_multipart:
        # Not one delimiter found: what is there is read as text.
        part.content_type, part.type_field, part.encoding = "text/plain", "", ""
    content = part_bytes(raw, part.encoding)
    part.size = len(content)
    part.content = lambda: content


def _fields(message: Message) -> dict[str, str]:
    """The first value of each field, by lower-case name."""
    fields: dict[str, str] = {}
    for name, value in message.raw_items():
        raw = str(value).encode("utf-8", "surrogateescape")
        fields.setdefault(name.lower(), _FOLD.sub(" ", decode(raw)[0]).strip())
    return fields


def _written(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (LookupError, TypeError, ValueError):
        return b""
