"""BODYSTRUCTURE (RFC 3501, 7.4.2): which parts are the text, which are attachments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sync.parse import describe_attachment
from sync.parse.model import ATTACHMENTS_LIMIT, DEPTH_LIMIT, AttachmentInfo, TextPart
from sync.wire.tokens import Malformed, Value, number

Pairs = tuple[tuple[str, str], ...]

_TEXTS_LIMIT = 20
_READABLE = frozenset(("text/plain", "text/html", "text/enriched", "text/markdown"))


@dataclass(frozen=True, slots=True)
class Leaf:
    section: str
    content_type: str
    parameters: Pairs
    content_id: str
    encoding: str
    # Bytes, with the transfer encoding.
    size: int
    disposition: str
    disposition_parameters: Pairs
    # Belongs to an HTML part beside it.
    related: bool = False

    @property
    def named(self) -> bool:
        names = ("filename", "name")
        given = (key.lower() for key, _ in self.disposition_parameters + self.parameters)
        return any(key.startswith(names) for key in given)

    def text(self, data: bytes) -> TextPart:
        charset = next((each for key, each in self.parameters if key.lower() == "charset"), "")
        others = "".join(f'; {key}="{each}"' for key, each in self.parameters)
        return TextPart(self.section, self.content_type + others, charset, self.encoding, data)

    def attachment(self) -> AttachmentInfo:
        return describe_attachment(
            self.section,
            self.content_type,
            self.encoding,
            self.size,
            self.parameters,
            "inline" if self.related else self.disposition,
            self.disposition_parameters,
            self.content_id,
        )


def sort_parts(structure: Value) -> tuple[list[Leaf], list[AttachmentInfo]]:
    """The text parts to fetch, and the attachments. Raises Malformed.

    The same choice as for a whole message: a named text after the text to read is a file.
    """
    texts: list[Leaf] = []
    attachments: list[AttachmentInfo] = []
    for leaf in _leaves(structure, "", related=False, depth=0):
        is_text = leaf.content_type in _READABLE and leaf.disposition != "attachment"
        if is_text and not leaf.related and not (leaf.named and texts):
            if len(texts) < _TEXTS_LIMIT:
                texts.append(leaf)
        elif len(attachments) < ATTACHMENTS_LIMIT:
            attachments.append(leaf.attachment())
    return texts, attachments


def _leaves(part: Value, section: str, related: bool, depth: int) -> Iterator[Leaf]:
    if not isinstance(part, list) or not part or depth > DEPTH_LIMIT:
        raise Malformed("BODYSTRUCTURE")
    if not isinstance(part[0], list):
        yield _leaf(part, section or "1", related)
        return
    children = [child for child in part if isinstance(child, list)][: _count(part)]
    subtype = _word(part[len(children)] if len(children) < len(part) else None)
    for index, child in enumerate(children, 1):
        inner = f"{section}.{index}" if section else str(index)
        beside = related or (subtype == "related" and index > 1)
        yield from _leaves(child, inner, beside, depth + 1)


def _count(multipart: list[Value]) -> int:
    """How many parts come before the subtype."""
    return next(
        (index for index, each in enumerate(multipart) if not isinstance(each, list)),
        len(multipart),
    )


def _leaf(part: list[Value], section: str, related: bool) -> Leaf:
    if len(part) < 7:
        raise Malformed("BODYSTRUCTURE of a part")
    kind = f"{_word(part[0])}/{_word(part[1])}"
    parameters = _pairs(part[2])
    extension = 8
    if kind.startswith("text/"):
        extension = 9
    elif kind == "message/rfc822":
        extension = 11
        parameters = parameters or _subject(part)
    disposition = part[extension] if len(part) > extension else None
    if not isinstance(disposition, list) or not disposition:
        disposition = [None, None]
    return Leaf(
        section=section,
        content_type=kind,
        parameters=parameters,
        content_id=_text(part[3]),
        encoding=_text(part[5]),
        size=number(part[6]) or 0,
        disposition=_word(disposition[0]),
        disposition_parameters=_pairs(disposition[1] if len(disposition) > 1 else None),
        related=related,
    )


def _subject(message: list[Value]) -> Pairs:
    """A message inside is named after its subject, the second field of its envelope."""
    envelope = message[7] if len(message) > 7 else None
    if not isinstance(envelope, list) or len(envelope) < 2:
        return ()
    return (("name", _text(envelope[1])),)


def _pairs(value: Value) -> Pairs:
    if not isinstance(value, list):
        return ()
    return tuple(zip(map(_text, value[::2]), map(_text, value[1::2]), strict=False))


def _word(value: Value) -> str:
    return _text(value).strip().lower()


def _text(value: Value) -> str:
    if not isinstance(value, bytes):
        return ""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
