"""Which parts of a message are its text, and which are attachments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.parse.charsets import clean, codec_for, decode, without_nul
from sync.parse.embedded import EmbeddedFile, embedded_files, may_embed, without_files
from sync.parse.mime import Part
from sync.parse.model import ATTACHMENTS_LIMIT, HTML_LIMIT, TEXT_LIMIT, AttachmentInfo
from sync.parse.names import attachment_name
from sync.parse.params import parameter
from sync.parse.plaintext import html_to_text, text_to_html, unflow

_AS_PLAIN = frozenset(("text/plain", "text/enriched", "text/markdown", "text", ""))
_BARE_CR = re.compile(rb"\r(?!\n)")
_WIDE = ("utf-16", "utf-32")
_META_CHARSET = re.compile(
    rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]{3,30})", re.IGNORECASE
)


@dataclass(slots=True)
class Section:
    """One piece of what there is to read, in one or both forms."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    sections: list[Section] = field(default_factory=list)
    attachments: list[AttachmentInfo] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    # That of the first text, for file names sent as raw 8-bit bytes.
    charset: str = ""

    def note(self, what: str) -> None:
        self.notes[what] = None

    def attach(self, attachment: AttachmentInfo) -> None:
        if len(self.attachments) < ATTACHMENTS_LIMIT:
            self.attachments.append(attachment)
        else:
            self.note("too many parts")

    def text(self) -> str:
        """All of the message as plain text; HTML is read only where there is nothing else."""
        texts = (
            each.plain if each.plain.strip() else html_to_text(each.html) for each in self.sections
        )
        return "\n".join(text.strip("\n") for text in texts if text)[:TEXT_LIMIT]

    def html(self) -> str:
        """The message as HTML, plain sections between included; "" where none came as HTML."""
        if not any(each.html for each in self.sections):
            return ""
        htmls = (each.html or text_to_html(each.plain) for each in self.sections)
        return "\n".join(htmls)[:HTML_LIMIT]


def read_body(root: Part) -> Body:
    """Raises Unreadable where the content of a text cannot be decoded."""
    body = Body()
    if root.is_multipart:
        _read_multipart(body, root, "", within_related=False)
    else:
        _read_leaf(body, root, "1", inline=False)
    return body


def _read_multipart(body: Body, part: Part, prefix: str, within_related: bool) -> None:
    if part.cut:
        body.note("too many parts")
    if part.content_type == "multipart/alternative":
        _read_alternative(body, part, prefix)
        return
    related = part.content_type == "multipart/related"
    for number, child in enumerate(part.children, 1):
        section = f"{prefix}{number}"
        if child.is_multipart:
            _read_multipart(body, child, f"{section}.", related or within_related)
        else:
            _read_leaf(body, child, section, inline=related and number > 1)


def _read_alternative(body: Body, part: Part, prefix: str) -> None:
    """The forms of one text become one section; what is no text is kept as an attachment."""
    forms = Body()
    for number, child in enumerate(part.children, 1):
        section = f"{prefix}{number}"
        if child.is_multipart:
            _read_multipart(forms, child, f"{section}.", within_related=False)
        elif _is_text(child) and child.disposition != "attachment":
            _read_text(forms, child, section)
        else:
            inline = child.content_type != "text/calendar"
            forms.attach(_attachment(child, section, inline, forms.charset or body.charset))
    merged = Section(
        # The last form is the richest (RFC 2046, 5.1.4), the first of a kind the fullest.
        plain="\n".join(each.plain for each in forms.sections if each.plain and not each.html),
        html="\n".join(each.html for each in forms.sections if each.html),
    )
    if not merged.plain.strip():
        merged.plain = "\n".join(each.plain for each in forms.sections if each.plain)
    if merged.plain or merged.html:
        body.sections.append(merged)
    for attachment in forms.attachments:
        body.attach(attachment)
    body.notes.update(forms.notes)
    body.charset = body.charset or forms.charset


def _is_text(part: Part) -> bool:
    return part.content_type in _AS_PLAIN or part.content_type == "text/html"


def _read_leaf(body: Body, part: Part, section: str, inline: bool) -> None:
    named = bool(part.disposition_field or "name" in part.type_field) and bool(part.name)
    is_body = (
        _is_text(part)
        and not inline
        and part.disposition != "attachment"
        # A text with a file name after the text to read is a file; the first one is named
        # by mailers that name everything.
        and not (named and body.sections)
    )
    if is_body:
        _read_text(body, part, section)
    else:
        inline = inline or (part.disposition == "inline" and bool(part.content_id))
        body.attach(_attachment(part, section, inline, body.charset))


def _read_text(body: Body, part: Part, section: str) -> None:
    content = part.content()
    body.charset = body.charset or part.charset
    if part.content_type == "text/html":
        text, guessed = decode_html(content, part.charset)
        body.sections.append(Section(html=text))
    else:
        if may_embed(content):
            content = _take_files(body, content, section)
        text, guessed = decode_plain(content, part.charset, part.type_field)
        if text.strip():
            body.sections.append(Section(plain=text))
    if guessed:
        body.note("charset")


def decode_plain(content: bytes, charset: str, type_field: str) -> tuple[str, bool]:
    text, guessed = decode(_with_line_feeds(content[: 4 * TEXT_LIMIT], charset), charset)
    text = lines_of(text)
    if "flowed" in type_field and parameter(type_field, "format").lower() == "flowed":
        text = unflow(text, parameter(type_field, "delsp").lower() == "yes")
    return text, guessed


def decode_html(content: bytes, charset: str) -> tuple[str, bool]:
    if not charset and (meta := _META_CHARSET.search(content[:4096])):
        charset = meta[1].decode()
    text, guessed = decode(_with_line_feeds(content[: 4 * HTML_LIMIT], charset), charset)
    return lines_of(text), guessed


def _with_line_feeds(content: bytes, charset: str) -> bytes:
    """Several times faster than in the decoded text; nothing is done where the byte may be half
    of a character, or where a carriage return stands alone.
    """
    if codec_for(charset).startswith(_WIDE) or _BARE_CR.search(content):
        return content
    return content.translate(None, b"\r")


def lines_of(text: str) -> str:
    """Without byte order mark, NUL and carriage returns."""
    if text[:1] == "\ufeff":
        text = text[1:]
    if "\r" in text:
        text = text.replace("\r\n", "\n")
        if "\r" in text:
            text = text.replace("\r", "\n")
    return without_nul(text)


def _take_files(body: Body, content: bytes, section: str) -> bytes:
    files: Sequence[EmbeddedFile] = embedded_files(content)
    counts: dict[str, int] = {}
    for file in files:
        index = counts.get(file.kind, 0)
        counts[file.kind] = index + 1
        body.attach(
            AttachmentInfo(
                section=section,
                name=attachment_name(file.name, "application/octet-stream"),
                content_type="application/octet-stream",
                size=len(file.data),
                content_id="",
                inline=False,
                encoding=f"{file.kind}:{index}",
            )
        )
    return without_files(content, list(files))


def _attachment(part: Part, section: str, inline: bool, charset: str) -> AttachmentInfo:
    return AttachmentInfo(
        section=section,
        name=attachment_name(part.name or part.inner_subject, part.content_type, charset),
        content_type=clean(part.content_type)[:200],
        size=part.size,
        content_id=clean(part.content_id.strip().strip("<>"))[:500],
        inline=inline,
        encoding=clean(part.encoding)[:40],
    )
