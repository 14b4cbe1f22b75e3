"""A message as rows for the database, made where it is read. No Django.

The reading process has a core of its own; what it hands over is written as it is, so that the
worker need not touch each text once more.
"""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

from sync.conversations import ties
from sync.copytext import line
from sync.packing import pack
from sync.parse import (
    AttachmentInfo,
    ParsedHeaders,
    ParsedMessage,
    TextPart,
    Unread,
    content_key,
    parse_message,
    parse_partial,
    stub,
)

# The ledger's word for a message of which only a part could be read.
DAMAGED = "message_damaged"
MESSAGE = (
    *("message_id", "subject", "from_name", "from_address", "snippet", "sent_at", "quality"),
    "has_attachments",
)
PARTICIPANT = ("role", "position", "name", "address")
ATTACHMENT = ("section", "name", "content_type", "size", "content_id", "inline", "encoding")


class MessageRows(NamedTuple):
    """`message` and each of `participants` and `attachments` are lines of COPY with the columns
    above; the columns before them are the caller's. `body` is packed (sync.packing).
    """

    # That of sync.parse.content_key.
    key: bytes
    # "" unless only a part of it could be read.
    problem: str
    # Digests of its own Message-ID and of all that it refers to.
    ties: tuple[bytes, ...]
    # Whether the first of them is its own.
    has_id: bool
    # Normalised addresses of the From field.
    authors: tuple[str, ...]
    message: bytes
    body: bytes
    participants: tuple[bytes, ...]
    attachments: tuple[bytes, ...]


# What reader and worker must agree about: the files may be newer than the worker that runs.
FORM = (
    *(MESSAGE, PARTICIPANT, ATTACHMENT, MessageRows._fields, Unread._fields),
    *(tuple(one.name for one in fields(kind)) for kind in (TextPart, AttachmentInfo)),
)


def read(unread: Unread) -> MessageRows:
    """Never raises."""
    if unread.texts is None:
        message = parse_message(unread.raw)
    else:
        message = parse_partial(unread.raw, unread.texts, unread.attachments)
    return rows_of(message, unread)


def unreadable(unread: Unread) -> MessageRows:
    """What is left of a message on which the reading itself failed."""
    return rows_of(stub(unread), unread)


def rows_of(message: ParsedMessage, unread: Unread) -> MessageRows:
    headers = message.headers
    return MessageRows(
        content_key(headers, unread.raw, unread.size, unread.arrived_at),
        DAMAGED if message.quality == "stub" else "",
        tuple(ties(headers.message_id, headers.references)),
        bool(headers.message_id),
        tuple(box.address for box in headers.from_),
        _message(message),
        pack(message.raw_headers, message.text, message.html),
        tuple(_participants(headers)),
        tuple(
            line(
                (
                    *(file.section, file.name, file.content_type[:255], file.size),
                    *(file.content_id, file.inline, file.encoding),
                )
            ).encode()
            for file in message.attachments
        ),
    )


def _message(message: ParsedMessage) -> bytes:
    headers = message.headers
    author = headers.from_[0] if headers.from_ else None
    return line(
        (
            *(headers.message_id, headers.subject, author.name if author else ""),
            *(author.address if author else "", message.snippet, headers.date, message.quality),
            any(not file.inline for file in message.attachments),
        )
    ).encode()


def _participants(headers: ParsedHeaders) -> list[bytes]:
    roles = (("from", headers.from_), ("to", headers.to), ("cc", headers.cc), ("bcc", headers.bcc))
    return [
        line((role, position, box.name, box.address)).encode()
        for role, boxes in roles
        for position, box in enumerate(boxes)
    ]
