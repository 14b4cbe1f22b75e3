"""Header fields alone: dates, ids, encoded words, charsets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.parse import Mailbox, parse_headers
from sync.parse.charsets import codec_for, decode
from sync.parse.dates import parse_date
from sync.parse.words import decode_words


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("Mon, 15 Jan 2024 10:30:00 +0000", 10, 30),
        ("15 Jan 2024 10:30:00 -0530", 16, 0),
        ("Mon, 15 Jan 2024 10:30:60 +0100 (CET)", 9, 30),
        ("Mon,15 Jan 2024 10:30 GMT", 10, 30),
        ("Mon, 15 Jan 24 10:30:00 PST", 18, 30),
        ("Monday, 15-Jan-2024 10:30:00 UT", 10, 30),
        ("Mon Jan 15 10:30:00 2024", 10, 30),
        ("Mon, 15 JAN 2024 10:30:00 +0100", 9, 30),
    ],
)
def test_it_reads_dates(written: str, hour: int, minute: int) -> None:
    found = parse_date(written)
    assert found is not None
    assert found.replace(second=0) == datetime(2024, 1, 15, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "Mon, 31 Feb 2024 10:30:00 +0100",
        "Mon, 15 Jan 0001 10:30:00 +2359",
        "Mon, 15 Jan 9999 10:30:00 -2359",
        "Mon, 15 Foo 2024 10:30:00 +0000",
    ],
)
def test_it_has_no_date_where_there_is_none(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("encoded", "readable"),
    [
        ("=?utf-8?Q?a_b?= =?utf-8?Q?c?=", "a bc"),
        ("=?utf-8?Q?a?= and =?utf-8?Q?b?=", "a and b"),
        ("x =?utf-8?Q?a?=", "x a"),
        ("=?utf-8?Q?a?= =?iso-8859-2?Q?=B1?=", "aą"),
        ("=?utf-8?B??=", ""),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        ("=?us-ascii?Q?=C5=82?=", "ł"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
    ],
)
def test_it_reads_encoded_words(encoded: str, readable: str) -> None:
    assert decode_words(encoded)[0] == readable


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"),
        ('"utf-8"', "utf-8"),
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-8-i", "iso8859-8"),
        ("windows-1250", "cp1250"),
        ("x-unknown", ""),
        ("base64", ""),
        ("punycode", ""),
        ("utf-8\0", ""),
    ],
)
def test_it_knows_charset_labels(label: str, codec: str) -> None:
    assert codec_for(label) == codec


def test_it_replaces_only_what_cannot_be_read() -> None:
    assert decode(b"ok \xff ok", "utf-8") == ("ok \ufffd ok", True)
    assert decode(b"\x81\x93", "iso-8859-1")[0].endswith("“")
    assert decode("ł".encode(), "") == ("ł", False)


def test_it_reads_a_header_block_without_its_empty_line() -> None:
    headers = parse_headers(b"FROM: A <A@x.example>\r\nsubject:  tight  \r\n")
    assert headers.from_ == [Mailbox("A", "a@x.example")]
    assert headers.subject == "tight"


def test_it_does_not_read_fields_in_the_body() -> None:
    headers = parse_headers(b"Subject: head\r\n\r\nTo: body@x.example\r\nMessage-ID: <b@x>\r\n")
    assert headers.to == []
    assert headers.message_id == ""


def test_it_shares_no_list_between_messages() -> None:
    raw = b"From: A <a@x.example>\r\n\r\n"
    parse_headers(raw).from_.clear()
    assert parse_headers(raw).from_ == [Mailbox("A", "a@x.example")]
