"""Bytes of a mail to a ParsedMessage. No Django, no network, and nothing here raises."""

from sync.parse.attachments import attachment_bytes, describe_attachment
from sync.parse.encodings import decoded_size, part_bytes
from sync.parse.headers import parse_headers
from sync.parse.identity import content_key, server_key
from sync.parse.message import parse_message, parse_partial, stub
from sync.parse.model import (
    AttachmentInfo,
    Mailbox,
    ParsedHeaders,
    ParsedMessage,
    Quality,
    TextPart,
    Unread,
)

__all__ = [
    "AttachmentInfo",
    "Mailbox",
    "ParsedHeaders",
    "ParsedMessage",
    "Quality",
    "TextPart",
    "Unread",
    "attachment_bytes",
    "content_key",
    "decoded_size",
    "describe_attachment",
    "parse_headers",
    "parse_message",
    "parse_partial",
    "part_bytes",
    "server_key",
    "stub",
]
