"""Small files that open: PDF, PNG, CSV and calendar invitations, made by code."""

import struct
import zlib
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from crm_inbox.demo.companies import slug
from crm_inbox.demo.mime import Attachment, Part, multipart, text

_RGB = tuple[int, int, int]
_SCHEMES: tuple[tuple[_RGB, _RGB], ...] = (
    ((236, 226, 208), (146, 102, 60)),
    ((214, 226, 219), (60, 98, 82)),
    ((222, 228, 238), (58, 78, 120)),
    ((240, 222, 212), (168, 84, 60)),
    ((230, 230, 226), (84, 84, 80)),
)


@lru_cache(maxsize=64)
def png(width: int, height: int, scheme: int = 0) -> bytes:
    """A picture of shelves in two colours, `width` by `height` pixels (ISO/IEC 15948)."""
    light, dark = _SCHEMES[scheme % len(_SCHEMES)]
    rows = bytearray()
    for y in range(height):
        rows += b"\0"
        shelf = (y * 6 // height) % 3
        for x in range(width):
            upright = (x * (5 + shelf) // width) % 2
            share = (y * 2 + x) / (2 * height + width)
            base = dark if upright or y % max(height // 6, 2) < 2 else light
            rows += bytes(int(c * (0.75 + 0.25 * share)) for c in base)
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def pdf(title: str, lines: list[str]) -> bytes:
    """One A4 page of text with a cross-reference table that is right (ISO 32000-1, 7.5)."""
    shown = [f"BT /F1 20 Tf 56 770 Td ({_escaped(title)}) Tj ET"]
    shown += [
        f"BT /F1 11 Tf 56 {730 - 18 * i} Td ({_escaped(line)}) Tj ET"
        for i, line in enumerate(lines)
    ]
    content = "\n".join(shown).encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return bytes(out) + b"xref\n0 6\n0000000000 65535 f \n" + table + tail


def _escaped(line: str) -> str:
    """Text for a standard PDF font, which has no Polish letters."""
    plain = line.translate(str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ€", "acelnoszzACELNOSZZE"))
    plain = plain.encode("ascii", "replace").decode()
    return plain.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def made(kind: str, language: str, facts: dict[str, str], rng: Random) -> Attachment:
    """The file a message carries; `kind` is offer, invoice, order, list or photo."""
    if kind == "photo":
        return Attachment(
            f"IMG_{rng.randint(1000, 9999)}.png", "image/png", png(240, 160, rng.randrange(5))
        )
    if kind == "list":
        rows = ["pos;article;qty;colour", f"1;{facts['one']};{facts['qty']};{facts['colour']}"]
        rows.append(f"2;delivery {facts['city']};1;")
        data = "\r\n".join(rows).encode("utf-8-sig")
        return Attachment(f"{facts['order']}.csv", "text/csv", data)
    english, polish, number = {
        "offer": ("Quote", "Oferta", facts["quote"]),
        "invoice": ("Invoice", "Faktura", facts["invoice"]),
        "order": ("Purchase-order", "Zamówienie", facts["order"]),
    }[kind]
    word = polish if language == "pl" else english
    lines = [
        facts["company"],
        f"{facts['qty']} x {facts['one']}",
        f"Total / razem: {facts['total']}",
    ]
    lines += ["", "Dab & Lumen, ul. Stolarska 4, 60-001 Poznan", "VAT PL 000 000 00 00"]
    name = f"{word}_{number.replace('/', '-')}_{_file_word(facts['company'])}.pdf"
    return Attachment(name, "application/pdf", pdf(f"{word} {number}", lines))


def _file_word(company: str) -> str:
    return company.replace(" ", "_") if len(company) < 24 else slug(company)


def invitation(
    uid: str, summary: str, sent: datetime, start: datetime, organizer: str, guest: str
) -> Part:
    """A calendar part that asks for an answer (RFC 5545, RFC 6047); times are in UTC."""
    stamp = "%Y%m%dT%H%M%SZ"
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Demo//Calendar//EN",
        "VERSION:2.0",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{sent:{stamp}}",
        f"DTSTART:{start:{stamp}}",
        f"DTEND:{start + timedelta(minutes=30):{stamp}}",
        f"SUMMARY:{summary}",
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;RSVP=TRUE:mailto:{guest}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    part = text("\n".join(lines), "calendar", encoding="base64")
    kind = 'text/calendar; charset="utf-8"; method=REQUEST'
    return Part([("Content-Type", kind), *part.headers[1:]], part.body)


def with_text(plain: str, other: Part) -> Part:
    return multipart("alternative", [text(plain), other])
