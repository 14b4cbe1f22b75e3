"""The tree of a message's parts, from fast-mail-parser; no text is decoded here."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from fast_mail_parser import ParseError, PyLazyMimePart, parse_email_tree

from sync.parse.encodings import decoded_size, encoding_name, part_bytes
from sync.parse.model import DEPTH_LIMIT, PARTS_LIMIT
from sync.parse.params import parameter

# What fast-mail-parser undoes; anything else it hands over as it was.
_UNDONE = frozenset(("base64", "quoted-printable"))


class Unreadable(Exception):
    """The fast parser cannot read this message or reads it wrongly; the forgiving one must."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


@dataclass(slots=True)
class Part:
    content_type: str
    # The whole Content-Type and Content-Disposition fields, for their parameters.
    type_field: str
    disposition_field: str
    content_id: str
    encoding: str
    # About how many bytes there are once decoded; 0 for a multipart.
    size: int
    # The bytes without transfer encoding. Raises Unreadable.
    content: Callable[[], bytes]
    children: list[Part] = field(default_factory=list)
    # The subject of the message inside a message/rfc822.
    inner_subject: str = ""
    # Parts below were left out: too many, or too deep.
    cut: bool = False
    # Lower-case names of the fields that the parser saw.
    field_names: AbstractSet[str] = frozenset()

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")

    @property
    def disposition(self) -> str:
        return self.disposition_field.partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """The file name as the sender gave it, decoded; not yet safe to show."""
        if self.disposition_field and (name := parameter(self.disposition_field, "filename")):
            return name
        return parameter(self.type_field, "name") if "name" in self.type_field.lower() else ""

    @property
    def charset(self) -> str:
        return parameter(self.type_field, "charset") if ";" in self.type_field else ""


def read_tree(raw: bytes) -> Part:
    """Raises Unreadable where the standard library should have a try."""
    try:
        root = parse_email_tree(raw, mode="lazy")
    except ParseError as error:
        raise Unreadable("structure") from error
    return _part(root, 0, [PARTS_LIMIT])


def _part(node: PyLazyMimePart, depth: int, room: list[int]) -> Part:
    fields = _fields(node)
    raw_encoding = fields.get("content-transfer-encoding", "")
    encoding = encoding_name(raw_encoding) if raw_encoding else ""
    part = Part(
        content_type=node.content_type.strip().lower(),
        type_field=fields.get("content-type", ""),
        disposition_field=fields.get("content-disposition", ""),
        content_id=node.content_id or "",
        encoding=encoding,
        size=decoded_size(node.encoded_size or 0, encoding),
        content=_reader(node, raw_encoding),
        field_names=fields.keys(),
    )
    if not part.is_multipart:
        if node.is_message and node.children:
            part.inner_subject = _fields(node.children[0]).get("subject", "")
        return part
    # Each look at it makes a new list.
    children = node.children
    if not children:
        raise Unreadable("multipart without parts")
    for child in children:
        room[0] -= 1
        if room[0] < 0 or depth >= DEPTH_LIMIT:
            part.cut = True
            break
        part.children.append(_part(child, depth + 1, room))
    return part


def _fields(node: PyLazyMimePart) -> dict[str, str]:
    """The first value of each field, by lower-case name."""
    fields: dict[str, str] = {}
    for name, values in node.headers.items():
        fields.setdefault(name.lower(), values[0] if values else "")
    return fields


def _reader(node: PyLazyMimePart, raw_encoding: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            content = node.content or b""
        except ParseError as error:
            raise Unreadable("transfer encoding") from error
        # A label such as `BASE64 ` or `base64;` is not recognised there.
        if raw_encoding and raw_encoding.lower() not in _UNDONE:
            return part_bytes(content, raw_encoding)
        return content

    return read
