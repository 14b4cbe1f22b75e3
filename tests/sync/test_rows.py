"""A message as lines of COPY: what the database holds afterwards is what was read."""

from datetime import UTC, datetime

from sync import rows
from sync.packing import unpack
from sync.parse import Unread

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RAW = (
    "From: Jan \\ Żółw <Jan@Firma.example>, Ewa <ewa@firma.example>\r\n"
    "To: a@x.example\r\nCc: b@x.example\r\n"
    "Subject: An\\offer\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
    "Message-ID: <1@x.example>\r\nReferences: <0@x.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nOne\tline\r\nC:\\new\r\n"
).encode()


def test_it_escapes_what_copy_would_take_for_its_own() -> None:
    read = rows.read(Unread(RAW, len(RAW), NOW))
    assert unpack(read.body).text == "One\tline\nC:\\new"
    assert b"\tAn\\\\offer\t" in read.message
    assert read.message.count(b"\t") == len(rows.MESSAGE) - 1


def test_it_tells_who_wrote_and_what_it_refers_to() -> None:
    read = rows.read(Unread(RAW, len(RAW), NOW))
    assert read.authors == ("jan@firma.example", "ewa@firma.example")
    assert len(read.ties) == 2
    assert [line.split(b"\t")[0::3] for line in read.participants] == [
        [b"from", b"jan@firma.example"],
        [b"from", b"ewa@firma.example"],
        [b"to", b"a@x.example"],
        [b"cc", b"b@x.example"],
    ]
