import csv
import email
import re
import zlib
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from io import StringIO

import pytest

from crm_inbox.demo.mailbox import generate
from crm_inbox.demo.oddities import ALL as ODDITIES

NOW = datetime(2026, 3, 18, 13, 20, tzinfo=UTC)


@lru_cache
def messages() -> list[EmailMessage]:
    return [
        email.message_from_bytes(mail.raw, policy=policy.default) for mail in generate(7, 1500, NOW)
    ]


@lru_cache
def parts(content_type: str) -> list[EmailMessage]:
    """The parts of that type, from messages that are whole."""
    return [
        part
        for message in messages()
        if not any(p.defects for p in message.walk())
        for part in message.walk()
        if part.get_content_type() == content_type
    ]


def data(part: MIMEPart) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


def test_it_can_be_read_by_the_standard_library() -> None:
    broken = [m for m in messages() if any(part.defects for part in m.walk())]
    assert len(broken) < 2 * len(ODDITIES)
    for part in parts("text/plain") + parts("text/html"):
        if part.get_content_charset() != "x-unknown-8bit":
            assert "\N{REPLACEMENT CHARACTER}" not in data(part).decode(
                part.get_content_charset() or ""
            )


@pytest.mark.parametrize(
    ("script", "fewest"),
    [("[a-z]", 1250), ("[ąćęłńśźż]", 500), ("[ぁ-ヿ一-鿿]", 10), ("[\U0001f300-\U0001faff]", 10)],
    ids=["English", "Polish", "Japanese", "emoji"],
)
def test_it_is_written_in(script: str, fewest: int) -> None:
    assert sum(bool(re.search(script, str(m["Subject"]) + text(m))) for m in messages()) >= fewest


def text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return data(body).decode("utf-8", "replace") if body else ""


def test_it_uses_several_charsets_and_encodings() -> None:
    charsets = {part.get_content_charset() for part in parts("text/plain")}
    assert charsets >= {"utf-8", "iso-8859-2", "windows-1250", "iso-2022-jp"}
    encodings = {part["Content-Transfer-Encoding"] for part in parts("text/plain")}
    assert encodings >= {"7bit", "8bit", "base64", "quoted-printable"}


def test_it_leaves_no_placeholder_unfilled() -> None:
    assert not [m["Subject"] for m in messages() if re.search(r"[{}]", str(m["Subject"]) + text(m))
                and "style" not in text(m)]  # fmt: skip


def test_it_attaches_pdf_files_with_a_right_cross_reference_table() -> None:
    files = parts("application/pdf")
    assert len(files) > 100
    for file in files[:50]:
        content = data(file)
        start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
        assert content[start:].startswith(b"xref\n")
        for number, entry in enumerate(content[start:].split(b"\n")[3:8], 1):
            assert content[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
    assert any(not (file.get_filename() or "").isascii() for file in files)


def test_it_attaches_pictures() -> None:
    files = [part for part in parts("image/png") if part.get_content_disposition() == "attachment"]
    assert len(files) > 25
    for file in files[:20]:
        content = data(file)
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = (int.from_bytes(content[i : i + 4]) for i in (16, 20))
        length = int.from_bytes(content[33:37])
        assert len(zlib.decompress(content[41 : 41 + length])) == height * (width * 3 + 1)


def test_it_attaches_tables() -> None:
    files = parts("text/csv")
    assert len(files) > 10
    for file in files:
        rows = list(csv.reader(StringIO(data(file).decode("utf-8-sig")), delimiter=";"))
        assert {len(row) for row in rows} == {4}


def test_it_invites_to_meetings() -> None:
    invitations = parts("text/calendar")
    assert len(invitations) > 7
    for part in invitations:
        assert part.get_param("method") == "REQUEST"
        start = re.search(rb"DTSTART:(\d{8})T", data(part))
        assert start
        assert datetime.strptime(start[1].decode(), "%Y%m%d").weekday() < 5


def test_it_shows_inline_pictures_that_are_there() -> None:
    related = [m for m in messages() if b"multipart/related" in bytes(m.as_bytes())]
    assert len(related) > 10
    for message in related:
        wanted = set(re.findall(r"cid:([^\"]+)", "".join(
            data(part).decode() for part in message.walk() if part.get_content_type() == "text/html"
        )))  # fmt: skip
        assert wanted <= {str(part["Content-ID"]).strip("<>") for part in message.walk()}


def test_it_brings_newsletters_with_remote_pictures() -> None:
    letters = [m for m in messages() if m["List-Id"]]
    assert len(letters) > 50
    pages = [data(body).decode() for m in letters if (body := m.get_body(("html",)))]
    assert len(pages) == len(letters)
    assert all('<img src="https://track.' in page for page in pages)


def test_it_reports_failed_deliveries() -> None:
    reports = [m for m in messages() if m.get_content_type() == "multipart/report"]
    assert len(reports) > 5
    for report in reports:
        assert b"Status: 5.1.1" in report.as_bytes()
