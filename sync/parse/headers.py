"""The header block: found, cut into fields and read, from raw bytes and in one pass.

The fields are read from the bytes, not from a library's decoded text: an encoded comma in a
name would cut an address in two there, and raw 8-bit text would have lost its bytes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from contacts.addresses import normalise, parse_list
from sync.parse.charsets import decode, without_nul
from sync.parse.dates import parse_date
from sync.parse.model import (
    HEADER_LIMIT,
    ID_LENGTH,
    NAME_LENGTH,
    REFERENCES_LIMIT,
    SUBJECT_LENGTH,
    Mailbox,
    ParsedHeaders,
)
from sync.parse.words import decode_words

# What a server is asked for before the content, and what tells two messages apart.
IDENTIFYING = (
    *("from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id"),
    *("in-reply-to", "references", "list-id", "auto-submitted", "content-type"),
)
_NAMES = "|".join((*IDENTIFYING, "precedence")).encode()
_FIELD = re.compile(rb"\n(" + _NAMES + rb")[ \t]*:([^\n]*(?:\n[ \t]+[^\n]*)*)", re.IGNORECASE)
_END = re.compile(rb"\n\r?\n")
_BARE_CR = re.compile(rb"\r(?!\n)")
_ID = re.compile(r"<([^<>]*)>")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)

# Bytes of a subject, a date or an id that are read.
_VALUE_LIMIT = 16 * 1024

Fields = dict[str, list[bytes]]


def header_block(raw: bytes) -> bytes:
    """Everything before the first empty line, at most HEADER_LIMIT bytes."""
    block = raw[:HEADER_LIMIT]
    end = block.find(b"\r\n\r\n")
    other = block.find(b"\n\n", 0, end if end >= 0 else len(block))
    if other >= 0:
        return block[: other + 1]
    if end >= 0:
        return block[: end + 2]
    mixed = _END.search(block)
    return block[: mixed.start() + 1] if mixed else block


def has_bare_cr(data: bytes) -> bool:
    return b"\r" in data and data.count(b"\r") != data.count(b"\r\n")


# The key of a message is made from the block that its headers were just read from.
@lru_cache(maxsize=1)
def scan(block: bytes) -> Fields:
    """The fields that matter, raw, by lower-case name; every value of a repeated field.

    Not to be changed: the next to ask about the same block gets the same.
    """
    if has_bare_cr(block):
        block = _BARE_CR.sub(b"\r\n", block)
    fields: Fields = {}
    for name, value in _FIELD.findall(b"\n" + block):
        fields.setdefault(name.decode().lower(), []).append(value)
    return fields


def parse_headers(raw: bytes) -> ParsedHeaders:
    """Read a header block, or the header of a whole message. Never raises."""
    return read_fields(scan(header_block(raw.lstrip(b"\r\n"))))


def read_fields(fields: Fields) -> ParsedHeaders:
    content_type = _CHARSET.search(fields["content-type"][0]) if "content-type" in fields else None
    # Mailers that send raw 8-bit headers use the charset of the text below.
    charset = content_type[1].decode().lower() if content_type else ""
    message_ids = _ids(_text(fields, "message-id", charset)) if "message-id" in fields else []
    return ParsedHeaders(
        message_id=message_ids[0] if message_ids else "",
        references=_references(fields, charset),
        subject=_subject(fields, charset),
        date=parse_date(_text(fields, "date", charset)) if "date" in fields else None,
        from_=_senders(fields, charset),
        to=_mailboxes(fields, "to", charset),
        cc=_mailboxes(fields, "cc", charset),
        bcc=_mailboxes(fields, "bcc", charset),
        reply_to=_mailboxes(fields, "reply-to", charset),
        sender=_mailboxes(fields, "sender", charset),
        list_id=_list_id(fields, charset) if "list-id" in fields else "",
        auto_submitted=_auto_submitted(fields),
    )


def _unfolded(value: bytes, charset: str) -> str:
    if value.isascii() and b"\x1b" not in value:
        text = value.decode("ascii")
    else:
        text = _decode_raw(value, charset)
    return _folded(without_nul(text))


def _folded(text: str) -> str:
    """On one line, white space to single spaces."""
    return " ".join(text.split())


def _decode_raw(value: bytes, charset: str) -> str:
    try:
        return value.decode() if charset else decode(value)[0]
    except UnicodeDecodeError:
        return decode(value, charset)[0]


def _text(fields: Fields, name: str, charset: str) -> str:
    """The first value that is not empty."""
    for value in fields.get(name, ()):
        text = _unfolded(value[:_VALUE_LIMIT], charset)
        if text:
            return text
    return ""


def _subject(fields: Fields, charset: str) -> str:
    text = decode_words(_text(fields, "subject", charset))[0]
    return _folded(text)[:SUBJECT_LENGTH]


def _mailboxes(fields: Fields, name: str, charset: str) -> list[Mailbox]:
    if name not in fields:
        return []
    found = _addresses(fields, name, charset)
    return [mailbox for mailbox in found if mailbox.address]


def _senders(fields: Fields, charset: str) -> list[Mailbox]:
    """The authors; where no address can be read, the name alone is better than nothing."""
    found = _addresses(fields, "from", charset)
    return [mailbox for mailbox in found if mailbox.address] or found[:1]


def _addresses(fields: Fields, name: str, charset: str) -> list[Mailbox]:
    # A second From or To is against RFC 5322, 3.6, but its people did take part.
    values = fields.get(name, [])
    if len(values) == 1:
        return list(_address_list(values[0], charset))
    found = (mailbox for value in values for mailbox in _address_list(value, charset))
    return list(dict.fromkeys(found))


@lru_cache(maxsize=20_000)
def _cached_list(value: bytes, charset: str) -> tuple[Mailbox, ...]:
    return _read_list(value, charset)


def _address_list(value: bytes, charset: str) -> tuple[Mailbox, ...]:
    # Long lists hardly come twice and would fill the memory.
    if len(value) > 500:
        return _read_list(value, charset)
    return _cached_list(value, "" if value.isascii() else charset)


def _read_list(value: bytes, charset: str) -> tuple[Mailbox, ...]:
    pairs = parse_list(_unfolded(value, charset))
    if len(pairs) == 1 and not pairs[0][1] and "=?" in pairs[0][0]:
        # The address itself is inside an encoded word, against RFC 2047, 5.
        pairs = parse_list(decode_words(pairs[0][0])[0])
    return tuple(Mailbox(_name(name), normalise(address)) for name, address in pairs)


def _name(name: str) -> str:
    if "=?" in name:
        name = decode_words(name)[0]
    return _folded(name).strip("\"' ")[:NAME_LENGTH]


def _ids(text: str) -> list[str]:
    """The message ids in a field, without brackets and without the spaces of a broken fold."""
    found = _ID.findall(text) if "<" in text else [text if " " not in text else ""]
    ids = ("".join(each.split()) if " " in each else each for each in found)
    return [each for each in ids if each and len(each) <= ID_LENGTH]


def _references(fields: Fields, charset: str) -> tuple[str, ...]:
    ids: dict[str, None] = {}
    for name in ("references", "in-reply-to"):
        for value in fields.get(name, ()):
            ids.update(dict.fromkeys(_ids_or_words(_unfolded(value, charset))))
    if len(ids) <= REFERENCES_LIMIT:
        return tuple(ids)
    kept = list(ids)
    # The root and the nearest ancestors tie a conversation best.
    return (kept[0], *kept[1 - REFERENCES_LIMIT :])


def _ids_or_words(text: str) -> list[str]:
    if "<" in text:
        return _ids(text)
    return [word for word in text.split() if "@" in word and len(word) <= ID_LENGTH]


def _list_id(fields: Fields, charset: str) -> str:
    """The identifier alone (RFC 2919, 3), lower case."""
    text = _text(fields, "list-id", charset)
    ids = _ID.findall(text)
    return "".join((ids[-1] if ids else text).split()).lower()[:NAME_LENGTH]


def _auto_submitted(fields: Fields) -> bool:
    value = _text(fields, "auto-submitted", "").lower()
    if value:
        return not value.startswith("no")
    return _text(fields, "precedence", "").lower() == "auto_reply"
