"""Attachment names that are safe to show and to offer for saving."""

from __future__ import annotations

import re

from sync.parse.charsets import clean, decode

_LONGEST = 150
# Controls, and the marks that turn the reading direction: `exe.fdp` shown as `pdf.exe`.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_SEPARATOR = re.compile(r"[/\\]")
_EXTENSIONS = {
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "application/pgp-encrypted": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}


_STEMS = {
    "message/delivery-status": "delivery-status",
    "message/rfc822": "message",
    "text/calendar": "invite",
}
_C1 = re.compile("[\x80-\x9f]")


def attachment_name(name: str, content_type: str, charset: str = "") -> str:
    """The last component of what the sender wrote, or a name made from the type.

    `charset` is that of the message's text, for names sent as raw 8-bit bytes.
    """
    text = " ".join(_UNSEEN.sub("", clean(_redecoded(name, charset))).split())
    if content_type == "message/rfc822":
        # Named after the subject, where a slash is no path.
        text = text.replace("/", "_").replace("\\", "_")
        if text and not text.lower().endswith((".eml", ".msg")):
            text = text[: _LONGEST - 4] + ".eml"
    text = _SEPARATOR.split(text.rstrip("/\\"))[-1].strip(" .")
    return _shortened(text) if text else _made_up(content_type)


def _redecoded(name: str, charset: str) -> str:
    """Control characters nobody types show bytes that were taken for latin-1."""
    if not _C1.search(name):
        return name
    try:
        return decode(name.encode("latin-1"), charset)[0]
    except UnicodeEncodeError:
        return name


def _made_up(content_type: str) -> str:
    stem = "image" if content_type.startswith("image/") else "attachment"
    return _STEMS.get(content_type, stem) + _EXTENSIONS.get(content_type, "")


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    stem, dot, suffix = text.rpartition(".")
    if dot and len(suffix) < 12:
        return f"{stem[: _LONGEST - len(suffix) - 1]}.{suffix}"
    return text[:_LONGEST]
