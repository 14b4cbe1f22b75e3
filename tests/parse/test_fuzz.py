"""Whatever the bytes, there is a message, and PostgreSQL can store it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sync import rows
from sync.parse import (
    ParsedMessage,
    TextPart,
    Unread,
    attachment_bytes,
    parse_message,
    parse_partial,
)
from sync.parse.message import FAILURE
from sync.parse.model import SNIPPET_LENGTH

NOW = datetime(2026, 11, 20, tzinfo=UTC)

SAMPLES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "mail").glob("*.eml"))
    if path.stat().st_size < 20_000
]
LABELS = [b"base64", b"rot13", b"idna", b"utf-16", b"utf-32", b"iso-2022-jp", b"gb2312", b"hz"]
PIECES = [
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Type: text/html; charset=utf-7\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Subject: =?utf-8?B?//8=?= =?utf-16?Q?=D8=00?=\r\n",
    b'From: "a\\" <b@c>, (d (e) f@g, h:;\r\n',
    b"Date: 99 Foo 0000 99:99:99 +9999\r\n",
    b"\r\n",
    b"--x\r\n",
    b"--x--\r\n",
    b"begin 644 a\r\n",
    b"end\r\n",
    b"=ybegin line=1 name=a\r\n",
    b"=yend\r\n",
    b"&#99999999999;&#xD800;&#0;<style><!--",
    b"\x00\xff\xed\xa0\x80",
    b"\r",
    *(b"Content-Type: text/plain; charset=%s\r\n" % each for each in LABELS),
]


def strings(message: ParsedMessage) -> list[str]:
    headers = message.headers
    people = (*headers.from_, *headers.to, *headers.cc, *headers.bcc, *headers.reply_to)
    return [
        message.raw_headers,
        message.text,
        message.html,
        message.snippet,
        headers.subject,
        headers.message_id,
        headers.list_id,
        *headers.references,
        *(text for each in (*people, *headers.sender) for text in (each.name, each.address)),
        *(
            text
            for each in message.attachments
            for text in (each.name, each.content_type, each.content_id, each.encoding)
        ),
    ]


def check(raw: bytes) -> None:
    message = parse_message(raw)
    assert FAILURE not in message.notes
    for text in strings(message):
        assert "\0" not in text
        text.encode()
    assert len(message.snippet) <= SNIPPET_LENGTH
    assert all("/" not in each.name and "\\" not in each.name for each in message.attachments)
    assert all(each.name for each in message.attachments)
    assert len(rows.read(Unread(raw, len(raw), NOW)).key) == 16
    for kind, encoding in (("text/html", "base64"), ("text/plain", "quoted-printable")):
        part = TextPart("1", kind, "", encoding, raw)
        for text in strings(parse_partial(raw, [part], message.attachments)):
            assert "\0" not in text
            text.encode()
    for attachment in message.attachments[:3]:
        attachment_bytes(raw, attachment.section, attachment.encoding)


@given(st.binary(max_size=2_000))
@settings(max_examples=300, deadline=None)
def test_it_reads_any_bytes(raw: bytes) -> None:
    check(raw)


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=40))
@settings(max_examples=400, deadline=None)
def test_it_reads_any_heap_of_mail_like_pieces(pieces: list[bytes]) -> None:
    check(b"".join(pieces))


@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), st.integers(1, 8))
@settings(max_examples=600, deadline=None)
def test_it_reads_any_damaged_sample(raw: bytes, dice: random.Random, times: int) -> None:
    damaged = bytearray(raw)
    for _ in range(times):
        at = dice.randrange(len(damaged) + 1)
        match dice.randrange(4):
            case 0:
                damaged[at : at + 1] = bytes((dice.randrange(256),))
            case 1:
                del damaged[at : at + dice.randrange(1, 60)]
            case 2:
                damaged[at:at] = dice.choice(PIECES)
            case _:
                damaged[at:at] = damaged[dice.randrange(len(damaged) + 1) :][:80]
    check(bytes(damaged))
