"""A page of a PDF as an image, drawn in a process of its own.

A PDF is a program of a kind, and browsers show none in a sandbox. So it is drawn here, by PDFium
without JavaScript and forms, in a process that may neither take long nor much memory nor write a
file; what people get to see is an image.
"""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import zlib

from django.conf import settings

# Seconds, bytes of memory, and pixels of the longer side.
_PATIENCE = 20
_MEMORY = 1024 * 1024 * 1024
_LONGEST_SIDE = 1600


class CannotDraw(Exception):
    """It is no PDF, is locked by a password, is broken, or takes too long."""


def draw_page(data: bytes, number: int) -> tuple[bytes, int]:
    """The page of this number, from 1, as PNG, and how many pages there are. Raises CannotDraw."""
    command = [sys.executable, "-m", "crm_inbox.pdf_pages", str(number)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=_PATIENCE, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired as error:
        raise CannotDraw from error
    if done.returncode != 0 or len(done.stdout) < 4:
        raise CannotDraw
    return done.stdout[4:], struct.unpack(">I", done.stdout[:4])[0]


def main(number: int) -> None:
    """Draw the page of the PDF on standard input: its PNG behind the count of pages."""
    import pypdfium2

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_PATIENCE, _PATIENCE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read(), autoclose=True)
    page = document[min(max(number, 1), len(document)) - 1]
    scale = min(2.0, _LONGEST_SIDE / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True, prefer_bgrx=True)
    sys.stdout.buffer.write(struct.pack(">I", len(document)))
    sys.stdout.buffer.write(_png(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer)))


def _png(width: int, height: int, stride: int, pixels: bytes) -> bytes:
    """Rows of four bytes a pixel, the fourth unused, as PNG (ISO 15948)."""
    rows = bytearray()
    for start in range(0, height * stride, stride):
        row = bytearray(pixels[start : start + width * 4])
        del row[3::4]
        rows += b"\0" + row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in parts
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
