"""Bytes to ParsedMessage: the fast parser, else the forgiving one, else a stub."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sync.parse.body import Body, Section, decode_html, decode_plain, read_body
from sync.parse.charsets import without_nul
from sync.parse.encodings import part_bytes
from sync.parse.fallback import mend, read_tree_slowly
from sync.parse.headers import Fields, has_bare_cr, header_block, read_fields, scan
from sync.parse.mime import Part, Unreadable, read_tree
from sync.parse.model import (
    ATTACHMENTS_LIMIT,
    MESSAGE_LIMIT,
    RAW_HEADERS_LIMIT,
    AttachmentInfo,
    ParsedHeaders,
    ParsedMessage,
    Quality,
    TextPart,
    Unread,
)
from sync.parse.snippet import make_snippet

# The note of a message on which the reader itself failed.
FAILURE = "reader failed"
_MBOX_LINE = re.compile(rb">?From [^\s:]")


def parse_message(raw: bytes) -> ParsedMessage:
    """Read a whole message (RFC 5322 and MIME). Never raises."""
    raw, notes = _without_envelope(raw)
    block = header_block(raw)
    fields = scan(block)
    headers = read_fields(fields)
    if len(raw) > MESSAGE_LIMIT:
        return _stub(headers, block, (*notes, "too large"))
    if not raw:
        return _stub(headers, block, (*notes, "empty"))
    if not fields:
        notes = (*notes, "no header")
    try:
        body = _read_fast(raw, block, fields)
    except Unreadable as error:
        return _read_slowly(raw, headers, block, (*notes, error.note))
    except Exception:  # noqa: BLE001
        # No message may block the ones after it; the tests see that this never happens.
        return _read_slowly(raw, headers, block, (*notes, FAILURE))
    return _assemble(headers, block, body, (*notes, *body.notes))


def stub(unread: Unread) -> ParsedMessage:
    """What is left of a message on which the reading itself failed. Never raises."""
    raw, notes = _without_envelope(unread.raw)
    block = header_block(raw)
    return _stub(read_fields(scan(block)), block, (*notes, FAILURE))


def parse_partial(
    header: bytes, text_parts: Sequence[TextPart], attachments: Sequence[AttachmentInfo]
) -> ParsedMessage:
    """A large message of which only the header and the text parts were fetched. Never raises.

    A plain and an HTML part beside each other are taken as two forms of one text.
    """
    raw, notes = _without_envelope(header)
    block = header_block(raw)
    body = Body(attachments=list(attachments[:ATTACHMENTS_LIMIT]))
    beside = ""
    for part in text_parts:
        section = _section(body, part)
        parent = part.section.rpartition(".")[0]
        last = body.sections[-1] if body.sections else None
        if last and section.html and not last.html and parent == beside:
            last.html = section.html
        elif section.plain or section.html:
            body.sections.append(section)
        beside = parent
    headers = read_fields(scan(block))
    return _assemble(headers, block, body, (*notes, *body.notes))


def _without_envelope(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Cut the line that mbox files put first, and empty lines before the header."""
    notes: tuple[str, ...] = ()
    if raw[:1] in (b"\r", b"\n"):
        raw, notes = raw.lstrip(b"\r\n"), ("empty lines first",)
    if _MBOX_LINE.match(raw):
        raw, notes = raw[raw.find(b"\n") + 1 :], (*notes, "mbox line")
    return raw, notes


def _read_fast(raw: bytes, block: bytes, fields: Fields) -> Body:
    # In the header alone: behind it a delimiter that ends in a bare CR is not found, which
    # is noticed, and a text is read with any line ends.
    if has_bare_cr(block):
        raise Unreadable("line ends")
    root = read_tree(raw)
    _check_header_end(root, fields)
    return read_body(root)


def _check_header_end(root: Part, fields: Fields) -> None:
    """A line that is no field ends the header for the library; what followed became text."""
    missing = [name for name in ("from", "date", "subject", "content-type") if name in fields]
    if any(name not in root.field_names for name in missing):
        raise Unreadable("header lines")


def _read_slowly(
    raw: bytes, headers: ParsedHeaders, block: bytes, notes: tuple[str, ...]
) -> ParsedMessage:
    mended, more = mend(raw)
    try:
        body = read_body(read_tree_slowly(mended))
    except Exception:  # noqa: BLE001
        # The standard library raises nearly anything on hostile input (RecursionError,
        # AttributeError, LookupError, …); whatever it was, the next message must come.
        return _stub(headers, block, notes)
    return _assemble(headers, block, body, (*notes, *more, *body.notes))


def _section(body: Body, part: TextPart) -> Section:
    content = part_bytes(part.data, part.encoding)
    kind = part.content_type.partition(";")[0].strip().lower()
    if kind == "text/html":
        text, guessed = decode_html(content, part.charset)
        section = Section(html=text)
    else:
        text, guessed = decode_plain(content, part.charset, part.content_type)
        section = Section(plain=text)
    if guessed:
        body.note("charset")
    return section


def _assemble(
    headers: ParsedHeaders, block: bytes, body: Body, notes: tuple[str, ...]
) -> ParsedMessage:
    text = body.text()
    quality: Quality = "repaired" if notes else "good"
    return ParsedMessage(
        headers=headers,
        raw_headers=_raw_headers(block),
        text=text,
        html=body.html(),
        snippet=make_snippet(text),
        attachments=body.attachments,
        quality=quality,
        notes=tuple(dict.fromkeys(notes)),
    )


def _stub(headers: ParsedHeaders, block: bytes, notes: tuple[str, ...]) -> ParsedMessage:
    return ParsedMessage(headers, _raw_headers(block), "", "", "", [], "stub", notes)


def _raw_headers(block: bytes) -> str:
    return without_nul(block[:RAW_HEADERS_LIMIT].decode("utf-8", "replace")).replace("\r\n", "\n")
