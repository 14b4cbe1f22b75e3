"""A message made to hurt stays small: its result is bounded by the limits of the model."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sync.parse import parse_headers, parse_message
from sync.parse.message import FAILURE
from sync.parse.model import (
    ATTACHMENTS_LIMIT,
    HEADER_LIMIT,
    HTML_LIMIT,
    MESSAGE_LIMIT,
    RAW_HEADERS_LIMIT,
    REFERENCES_LIMIT,
    SNIPPET_LENGTH,
    SUBJECT_LENGTH,
    TEXT_LIMIT,
)

HEAD = b"From: a@b.example\r\nSubject: bomb\r\nDate: Mon, 15 Jan 2024 10:30:00 +0100\r\n"


def typed(content_type: bytes, body: bytes, more: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + content_type + b"\r\n" + more + b"\r\n" + body


def test_it_stops_counting_at_ten_thousand_parts() -> None:
    part = b"--x\r\nContent-Type: application/pdf\r\n\r\na\r\n"
    message = parse_message(typed(b"multipart/mixed; boundary=x", part * 10_000 + b"--x--\r\n"))
    assert len(message.attachments) == ATTACHMENTS_LIMIT
    assert (message.quality, message.notes) == ("repaired", ("too many parts",))


@pytest.mark.parametrize("levels", [100, 255, 1_000])
def test_it_survives_a_thousand_levels(levels: int) -> None:
    layers = [
        b"Content-Type: multipart/mixed; boundary=b%dz\r\n\r\n--b%dz\r\n" % (each, each)
        for each in range(levels)
    ]
    message = parse_message(HEAD + b"".join(layers) + b"\r\nbottom\r\n")
    assert message.headers.subject == "bomb"
    assert message.quality != "good"
    assert len(message.attachments) <= ATTACHMENTS_LIMIT


def test_it_survives_messages_within_messages() -> None:
    layer = b"Content-Type: message/rfc822\r\n\r\nSubject: deeper\r\n"
    message = parse_message(HEAD + layer * 1_000 + b"\r\nbottom\r\n")
    assert message.headers.subject == "bomb"
    assert len(message.attachments) <= 1


def test_it_reads_only_the_beginning_of_a_huge_header() -> None:
    raw = HEAD + b"X-Filler: " + b"y" * 5_000_000 + b"\r\nTo: late@b.example\r\n\r\nbody\r\n"
    message = parse_message(raw)
    assert len(message.raw_headers) <= RAW_HEADERS_LIMIT
    assert message.headers.from_[0].address == "a@b.example"
    # Behind HEADER_LIMIT nothing is read.
    assert len(raw) > HEADER_LIMIT
    assert parse_headers(raw).to == []


def test_it_bounds_every_header_field() -> None:
    raw = (
        b"From: a@b.example\r\nSubject: " + b"=?utf-8?Q?word_?=\r\n " * 20_000 + b"end\r\n"
        b"References: " + b"".join(b"<%d@x>\r\n " % each for each in range(9_000)) + b"\r\n"
        b"To: " + b",".join(b"p%d@x.example" % each for each in range(20_000)) + b"\r\n\r\n"
    )
    headers = parse_headers(raw)
    assert len(headers.subject) <= SUBJECT_LENGTH
    assert len(headers.references) == REFERENCES_LIMIT
    assert headers.references[0] == "0@x"
    assert headers.references[-1] == "8999@x"
    assert len(headers.to) == 5_000


def test_it_cuts_a_huge_text() -> None:
    encoded = base64.encodebytes("ż".encode() * 6_000_000)
    raw = typed(b"text/plain; charset=utf-8", encoded, b"Content-Transfer-Encoding: base64\r\n")
    message = parse_message(raw)
    assert len(message.text) == TEXT_LIMIT
    assert len(message.snippet) <= SNIPPET_LENGTH


def test_it_does_not_decode_a_huge_attachment() -> None:
    body = b"--x\r\n\r\nread me\r\n--x\r\nContent-Type: image/png\r\n"
    body += b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 4_000_000 + b"\r\n--x--\r\n"
    message = parse_message(typed(b"multipart/mixed; boundary=x", body))
    assert message.text == "read me"
    assert [each.content_type for each in message.attachments] == ["image/png"]


def test_it_keeps_only_the_header_of_a_message_that_is_too_large() -> None:
    message = parse_message(typed(b"text/plain", b"a" * (MESSAGE_LIMIT + 1)))
    assert (message.quality, message.notes, message.text) == ("stub", ("too large",), "")
    assert message.headers.subject == "bomb"


@contextmanager
def soon() -> Iterator[None]:
    """In 20 s of the processor, which others may use meanwhile."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 20


# Each would take minutes if any step looked at the same characters again and again.
SLOW_HTML = {
    "tags that never end": b"<a" * 500_000,
    "one long tag name": b"<" + b"a" * 1_000_000,
    "comments that never end": b"<!--" * 250_000,
    "styles that never end": b"<style " * 150_000,
    "no-break spaces": b"&nbsp;" * 160_000 + b"x",
    "open quotes": b"<a title='" * 100_000,
    "a number of a million digits": b"&#" + b"9" * 1_000_000 + b";",
    "ampersands": b"&" * 1_000_000,
}


@pytest.mark.parametrize("name", SLOW_HTML)
def test_it_reads_hostile_html_once(name: str) -> None:
    with soon():
        message = parse_message(typed(b"text/html; charset=utf-8", SLOW_HTML[name]))
    assert message.quality == "good"
    assert len(message.html) <= HTML_LIMIT
    assert len(message.text) <= TEXT_LIMIT


SLOW_HEADERS = {
    "spaces": b"To: a" + b" " * 400_000 + b"b",
    "open quotes": b"To: " + b'"\\' * 200_000,
    "parentheses": b"To: " + b"(" * 400_000,
    "angles": b"To: " + b"<" * 400_000,
    "unfinished words": b"Subject: " + b"=?utf-8?Q?a" * 40_000,
    "parameters": b"Content-Type: text/plain" + b";" * 400_000,
    "quoted parameters": b"Content-Type: multipart/mixed" + b';"' * 200_000,
    "parameter names": b"Content-Type: text/plain; " + b"a" * 400_000,
    "folds": b"Subject: x" + b"\r\n \r\n" * 1 + b" \r\n" * 100_000,
    "ids": b"References: " + b"<" * 400_000,
    "digits in a date": b"Date: " + b"1" * 400_000,
}


@pytest.mark.parametrize("name", SLOW_HEADERS)
def test_it_reads_hostile_headers_once(name: str) -> None:
    raw = b"From: a@b.example\r\n" + SLOW_HEADERS[name] + b"\r\n\r\nbody\r\n"
    with soon():
        message = parse_message(raw)
    assert message.headers.from_[0].address == "a@b.example"
    assert FAILURE not in message.notes
    assert len(message.headers.subject) <= SUBJECT_LENGTH


SLOW_TEXTS = {
    "flowed lines": (b"text/plain; format=flowed", b"a \r\n" * 250_000),
    "quotation marks": (b"text/plain", b">" * 1_000_000),
    "begin lines": (b"text/plain", b"begin 644 a\r\n" * 80_000),
    "yenc begin": (b"text/plain", b"=ybegin " + b"name=" * 200_000),
    "spaces": (b"text/plain", b" " * 1_000_000),
    "wrote": (b"text/plain", b"On " + b"wrote " * 100_000 + b":"),
    "delimiters of nothing": (b"multipart/mixed", b"--a\r\ncontent-type: x\r\n" * 40_000),
    "bare carriage returns": (b"multipart/mixed; boundary=x", b"--x\r\r" * 100_000),
}


@pytest.mark.parametrize("name", SLOW_TEXTS)
def test_it_reads_hostile_texts_once(name: str) -> None:
    with soon():
        message = parse_message(typed(*SLOW_TEXTS[name]))
    assert FAILURE not in message.notes
    assert len(message.text) <= TEXT_LIMIT
    assert len(message.snippet) <= SNIPPET_LENGTH


# Each is made in the process that reads it, so that what it costs can be told from what it is.
BOMBS = {
    "10,000 parts": "b'--x\\r\\nContent-Type: image/png\\r\\n\\r\\na\\r\\n' * 10_000 + b'--x--'",
    "1,000 levels": "b''.join(b'--x%d\\r\\nContent-Type: multipart/mixed; boundary=x%d\\r\\n\\r\\n'"
    " % (each, each + 1) for each in range(1_000)).replace(b'--x0\\r', b'--x\\r', 1)",
    "a header of 100 MB": "b''",
}
_READ = """
import resource, sys, time
from sync.parse import parse_message
head = b"From: a@b.example\\r\\nSubject: bomb\\r\\nContent-Type: multipart/mixed; boundary=x\\r\\n"
if sys.argv[1] == "header":
    head += b"X-Filler: " + b"y" * 100_000_000 + b"\\r\\n"
raw = head + b"\\r\\n" + eval(sys.argv[2])
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
message = parse_message(raw)
seconds = time.process_time() - began
print(message.headers.subject, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, seconds)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_time_and_memory(name: str) -> None:
    kind = "header" if "header" in name else "body"
    done = subprocess.run(
        [sys.executable, "-c", _READ, kind, BOMBS[name]],
        check=True,
        capture_output=True,
        text=True,
        timeout=250,
    )
    subject, kilobytes, seconds = done.stdout.split()
    assert subject == "bomb"
    assert int(kilobytes) < 150_000
    # Of the processor, which others may use meanwhile.
    assert float(seconds) < 10
