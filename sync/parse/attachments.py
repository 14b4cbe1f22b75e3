"""Attachments known from a server's BODYSTRUCTURE, and taken out of a whole message."""

from __future__ import annotations

from collections.abc import Iterable

from sync.parse.charsets import clean
from sync.parse.encodings import decoded_size, encoding_name, part_bytes
from sync.parse.fallback import mend, read_tree_slowly
from sync.parse.mime import Part, Unreadable, read_tree
from sync.parse.model import AttachmentInfo
from sync.parse.names import attachment_name
from sync.parse.params import parameter_of


def describe_attachment(
    section: str,
    content_type: str,
    encoding: str,
    encoded_size: int,
    type_parameters: Iterable[tuple[str, str]] = (),
    disposition: str = "",
    disposition_parameters: Iterable[tuple[str, str]] = (),
    content_id: str = "",
) -> AttachmentInfo:
    """One part as BODYSTRUCTURE (RFC 3501, 7.4.2) tells it; parameters as they stand there."""
    kind = content_type.strip().lower()
    name = parameter_of(disposition_parameters, "filename") or parameter_of(type_parameters, "name")
    return AttachmentInfo(
        section=section,
        name=attachment_name(name, kind),
        content_type=clean(kind)[:200],
        size=decoded_size(encoded_size, encoding),
        content_id=clean(content_id.strip().strip("<>"))[:500],
        inline=bool(content_id) and disposition.lower() != "attachment",
        encoding=clean(encoding_name(encoding))[:40],
    )


def attachment_bytes(raw: bytes, section: str, encoding: str = "") -> bytes | None:
    """The content of a part of a whole message; None where there is no such part.

    For a message that is at hand, and for one whose parts the server counts differently.
    `encoding` is AttachmentInfo's, for files inside a text.
    """
    try:
        content = _content(read_tree(raw), section)
    except Unreadable:
        content = _content_slowly(raw, section)
    if content is not None and ":" in encoding:
        return part_bytes(content, encoding)
    return content


def _content_slowly(raw: bytes, section: str) -> bytes | None:
    try:
        return _content(read_tree_slowly(mend(raw)[0]), section)
    except Exception:  # noqa: BLE001
        # The standard library raises nearly anything on hostile input.
        return None


def _content(root: Part, section: str) -> bytes | None:
    if not root.is_multipart:
        return root.content() if section == "1" else None
    part = root
    for number in section.split("."):
        if not number.isdigit() or not 0 < int(number) <= len(part.children):
            return None
        part = part.children[int(number) - 1]
    return None if part.is_multipart else part.content()
