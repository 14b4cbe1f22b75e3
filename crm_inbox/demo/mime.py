"""Puts messages together byte by byte: unlike `email`, with the same boundaries every time."""

import binascii
import quopri
from collections.abc import Iterable
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.utils import encode_rfc2231, formataddr
from hashlib import blake2b

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME entity (RFC 2045): header fields ready for the wire, and the encoded body."""

    headers: Headers
    body: bytes

    def __bytes__(self) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return lines.encode("ascii", "surrogateescape") + b"\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    data: bytes
    content_id: str = ""


def text(content: str, subtype: str = "plain", charset: str = "utf-8", encoding: str = "") -> Part:
    """A text part. Where the charset lacks a character it becomes UTF-8.

    `encoding` is a Content-Transfer-Encoding; without one the content decides.
    """
    try:
        data = content.encode(charset)
    except UnicodeEncodeError:
        charset, data = "utf-8", content.encode()
    data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    encoding = encoding or ("7bit" if data.isascii() and _short_lines(data) else "quoted-printable")
    if encoding == "8bit" and not _short_lines(data):
        encoding = "quoted-printable"
    kind = f'text/{subtype}; charset="{charset}"'
    return Part([("Content-Type", kind), ("Content-Transfer-Encoding", encoding)],
                _encoded(data, encoding))  # fmt: skip


def attachment(file: Attachment) -> Part:
    """A base64 part, inline where the file has a Content-ID (RFC 2392)."""
    name = file.name
    quoted = f'"{name}"' if name.isascii() else None
    parameter = f"filename={quoted}" if quoted else f"filename*={encode_rfc2231(name, 'utf-8')}"
    type_name = f"; name={quoted}" if quoted else ""
    headers = [
        ("Content-Type", f"{file.content_type}{type_name}"),
        ("Content-Transfer-Encoding", "base64"),
        (
            "Content-Disposition",
            f"{'inline' if file.content_id else 'attachment'};\r\n {parameter}",
        ),
    ]
    if file.content_id:
        headers.append(("Content-ID", f"<{file.content_id}>"))
    return Part(headers, base64_lines(file.data))


def multipart(subtype: str, parts: Iterable[Part], **parameters: str) -> Part:
    """A multipart entity whose boundary is derived from what it holds."""
    pieces = [bytes(part) for part in parts]
    digest = blake2b(digest_size=12)
    for piece in pieces:
        digest.update(piece)
    boundary = f"=_{digest.hexdigest()}"
    opening = b"--" + boundary.encode() + b"\r\n"
    body = b"".join(opening + piece.rstrip(b"\r\n") + b"\r\n\r\n" for piece in pieces)
    extra = "".join(f"; {name.replace('_', '-')}={value}" for name, value in parameters.items())
    kind = f'multipart/{subtype}{extra};\r\n boundary="{boundary}"'
    return Part([("Content-Type", kind)], body + b"--" + boundary.encode() + b"--\r\n")


def message(headers: Headers, body: Part) -> bytes:
    return bytes(Part([*headers, ("MIME-Version", "1.0"), *body.headers], body.body))


def header(value: str, charset: str = "utf-8", name: str = "Subject") -> str:
    """The value of an unstructured field, folded and encoded (RFC 2047) where needed."""
    if value.isascii():
        return Header(value, header_name=name, maxlinelen=78).encode(linesep="\r\n")
    return Header(value, _charset(value, charset), header_name=name).encode(linesep="\r\n")


def address(name: str, email: str, charset: str = "utf-8") -> str:
    if name.isascii() or charset == "utf-8":
        return formataddr((name, email))
    return f"{Header(name, _charset(name, charset)).encode()} <{email}>"


def addresses(people: Iterable[tuple[str, str]], charset: str = "utf-8") -> str:
    return ",\r\n ".join(address(name, email, charset) for name, email in people)


def base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 characters (RFC 2045 section 6.8)."""
    coded = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join(coded[i : i + 76] for i in range(0, len(coded), 76)) + b"\r\n"


def _charset(value: str, name: str) -> Charset:
    try:
        value.encode(name)
    except UnicodeEncodeError:
        name = "utf-8"
    charset = Charset(name)
    if name == "iso-8859-2":
        charset.header_encoding = QP
    return charset


def _short_lines(data: bytes) -> bool:
    """At most 998 octets a line (RFC 5322 section 2.1.1)."""
    return max(map(len, data.split(b"\r\n"))) <= 998


def _encoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64_lines(data)
    if encoding == "quoted-printable":
        soft = quopri.encodestring(data.replace(b"\r\n", b"\n"))
        return soft.replace(b"\n", b"\r\n")
    return data
