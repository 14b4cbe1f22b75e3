"""The key by which copies of one message are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.parse import content_key, parse_headers, server_key

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

HEADER = (
    b"From: Ewa <ewa@firma.example>\r\nSubject: Order\r\n 17\r\n"
    b"Date: Mon, 15 Jan 2024 10:30:00 +0100\r\nMessage-ID: <m1@firma.example>\r\n"
)


def key(raw: bytes, size: int = 1_000, arrived_at: datetime = NOW) -> bytes:
    return content_key(parse_headers(raw), raw, size, arrived_at)


def test_it_is_equal_for_copies() -> None:
    received = b"Received: by another.example\r\n" + HEADER
    folded = HEADER.replace(b"\r\n 17", b" 17").replace(b"\r\n", b"\n")
    assert key(HEADER) == key(received) == key(folded) == key(HEADER + b"\r\nbody")
    assert len(key(HEADER)) == 16


def test_it_differs_where_any_of_the_four_fields_differs() -> None:
    variants = [
        HEADER.replace(b"m1@", b"m2@"),
        HEADER.replace(b"ewa@", b"jan@"),
        HEADER.replace(b"10:30", b"10:31"),
        HEADER.replace(b"17", b"18"),
    ]
    assert len({key(each) for each in (HEADER, *variants)}) == 5


def test_it_trusts_the_server_that_identifies_messages() -> None:
    assert server_key(5, "M5") == server_key(5, None) != server_key(6, None)
    assert server_key(None, "M5") == server_key(None, "M5") != server_key(None, "M6")
    assert server_key(5, None) != server_key(None, "5")
    assert server_key(None, None) == b""


def test_it_takes_all_that_identifies_where_there_is_no_message_id() -> None:
    bare = HEADER.replace(b"<m1@firma.example>", b"<>")
    assert key(bare) != key(bare + b"To: x@x.example\r\n")
    assert key(bare) == key(bare + b"\r\n") == key(b"Received: by x\r\n" + bare)
    assert key(bare) != key(bare, size=1_001)
    assert key(b"Message-ID: <>\r\n") != key(b"Message-ID:\r\n")


def test_it_never_takes_two_messages_without_any_header_for_one() -> None:
    later = NOW + timedelta(seconds=1)
    assert key(b"no header") != key(b"no header", arrived_at=later)
    assert key(HEADER) == key(HEADER, arrived_at=later)
    # A server tells no field of what begins with an empty line.
    assert key(b"\r\n" + HEADER) == key(b"")
