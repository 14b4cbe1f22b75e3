"""Folder names: modified UTF-7 (RFC 3501, 5.1.3), and what a folder is for."""

from __future__ import annotations

import binascii
import re

# A `&` that no `-` closes is no shift: some servers do not encode at all.
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")
_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+|&|[^\x20-\x7e]+")

# RFC 6154, and RFC 8457 for the important ones.
SPECIAL_USES = (
    *(r"\All", r"\Archive", r"\Drafts", r"\Flagged", r"\Important", r"\Junk", r"\Sent"),
    r"\Trash",
)

# For servers without SPECIAL-USE (RFC 6154); the last level of the name, lower case.
_USUAL_NAMES = {
    r"\Archive": "archive archives archiwum archiv",
    r"\Drafts": "drafts draft robocze|wersje robocze|kopie robocze|entwürfe|brouillons|borradores",
    r"\Junk": "junk spam bulk|junk e-mail|junk email|junk mail|bulk mail|wiadomości-śmieci",
    r"\Sent": "sent wysłane gesendet|sent items|sent mail|sent messages|elementy wysłane"
    "|gesendete objekte|gesendete elemente|envoyés|enviados",
    r"\Trash": "trash bin deleted kosz papierkorb corbeille papelera|deleted items"
    "|deleted messages|elementy usunięte|gelöschte objekte|gelöschte elemente",
}


def _uses() -> dict[str, str]:
    found = {}
    for use, names in _USUAL_NAMES.items():
        first, *phrases = names.split("|")
        found.update(dict.fromkeys((*first.split(), *phrases), use))
    return found


_USES = _uses()


def decode_name(raw: bytes) -> str:
    """For people. What is no modified UTF-7 is shown as it stands; never raises."""
    shown = []
    end = 0
    for shifted in _SHIFTED.finditer(raw):
        shown.append(_as_is(raw[end : shifted.start()]))
        shown.append(_unshifted(shifted[1]) or _as_is(shifted[0]))
        end = shifted.end()
    shown.append(_as_is(raw[end:]))
    return "".join(shown)


def encode_name(name: str) -> bytes:
    """Modified UTF-7, for names that a person typed."""
    return b"".join(_encoded(piece) for piece in _PLAIN.findall(name))


def usual_use(name: str, delimiter: str | None) -> str | None:
    """The special use that a folder of this name most likely has."""
    last = name.rsplit(delimiter, 1)[-1] if delimiter else name
    return _USES.get(last.casefold())


def _unshifted(digits: bytes) -> str | None:
    if not digits:
        return "&"
    try:
        padded = digits.replace(b",", b"/") + b"=" * (-len(digits) % 4)
        text = binascii.a2b_base64(padded).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if text.isprintable() else None


def _as_is(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _encoded(piece: str) -> bytes:
    if piece == "&":
        return b"&-"
    if piece.isascii() and piece.isprintable():
        return piece.encode("ascii")
    digits = binascii.b2a_base64(piece.encode("utf-16-be"), newline=False)
    return b"&%s-" % digits.rstrip(b"=").replace(b"/", b",")
