"""What a message is once it is read, and the limits that keep a hostile one small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

Quality = Literal["good", "repaired", "stub"]

# Bytes of the header block that are read; real ones seldom reach 100 KB.
HEADER_LIMIT = 1024 * 1024
# Characters of the header block that are kept for "show original".
RAW_HEADERS_LIMIT = 256 * 1024
TEXT_LIMIT = 1024 * 1024
HTML_LIMIT = 2 * 1024 * 1024
# Bytes that the slow, forgiving parser is given.
FALLBACK_LIMIT = 4 * 1024 * 1024
# Larger messages are fetched by parts; one that comes whole keeps only its header.
MESSAGE_LIMIT = 64 * 1024 * 1024
ATTACHMENTS_LIMIT = 500
PARTS_LIMIT = 2_000
DEPTH_LIMIT = 50
SNIPPET_LENGTH = 200
SUBJECT_LENGTH = 1_000
NAME_LENGTH = 250
REFERENCES_LIMIT = 200
ID_LENGTH = 1_000


@dataclass(slots=True, frozen=True)
class Mailbox:
    """One sender or recipient. `address` is normalised; "" only where a From has a name alone."""

    name: str
    address: str


@dataclass(slots=True)
class ParsedHeaders:
    message_id: str = ""
    # References then In-Reply-To, each id once, without the angle brackets.
    references: tuple[str, ...] = ()
    subject: str = ""
    # In UTC; None where the message has no date that can be read.
    date: datetime | None = None
    from_: list[Mailbox] = field(default_factory=list)
    to: list[Mailbox] = field(default_factory=list)
    cc: list[Mailbox] = field(default_factory=list)
    bcc: list[Mailbox] = field(default_factory=list)
    reply_to: list[Mailbox] = field(default_factory=list)
    sender: list[Mailbox] = field(default_factory=list)
    list_id: str = ""
    # Written by a machine (RFC 3834): vacation notes, bounces, notifications.
    auto_submitted: bool = False


@dataclass(slots=True)
class AttachmentInfo:
    """An attachment that is known but not fetched. Its name is for display, never for a path."""

    # The IMAP part number (RFC 3501, 6.4.5), such as "2.1".
    section: str
    name: str
    content_type: str
    # Bytes once decoded; within a few bytes for base64, an upper bound for the rest.
    size: int
    content_id: str
    inline: bool
    # What `part_bytes` undoes: a transfer encoding, or "uuencode:0" for a file inside a text.
    encoding: str = ""


@dataclass(slots=True)
class ParsedMessage:
    headers: ParsedHeaders
    raw_headers: str
    text: str
    html: str
    snippet: str
    attachments: list[AttachmentInfo]
    quality: Quality
    # What had to be repaired: short, stable words.
    notes: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class TextPart:
    """A text part of a large message, fetched on its own; `data` is still transfer-encoded."""

    section: str
    content_type: str
    charset: str
    encoding: str
    data: bytes


class Unread(NamedTuple):
    """A message as it was fetched: whole, or the header with the text parts beside it.

    `size` in bytes and `arrived_at` (aware) are what the server says of it.
    """

    raw: bytes
    size: int
    arrived_at: datetime
    # None where `raw` is the whole message.
    texts: Sequence[TextPart] | None = None
    attachments: Sequence[AttachmentInfo] = ()
