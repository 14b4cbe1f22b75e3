"""The key by which copies of one message are known."""

from __future__ import annotations

from sync.parse import dedupe_key, parse_headers

HEADER = (
    b"From: Ewa <ewa@firma.example>\r\nSubject: Order\r\n 17\r\n"
    b"Date: Mon, 15 Jan 2024 10:30:00 +0100\r\nMessage-ID: <m1@firma.example>\r\n"
)


def key(raw: bytes, gm_msgid: int | None = None, emailid: str | None = None) -> bytes:
    return dedupe_key(parse_headers(raw), raw, gm_msgid, emailid)


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


def test_it_trusts_the_server_first() -> None:
    other = HEADER.replace(b"17", b"18")
    assert key(HEADER, gm_msgid=5) == key(other, gm_msgid=5)
    assert key(HEADER, emailid="M5") == key(other, emailid="M5")
    assert key(HEADER, gm_msgid=5, emailid="M5") == key(HEADER, gm_msgid=5)
    assert len({key(HEADER), key(HEADER, gm_msgid=5), key(HEADER, emailid="5")}) == 3


def test_it_hashes_the_whole_header_without_a_message_id() -> None:
    bare = HEADER.replace(b"<m1@firma.example>", b"<>")
    assert key(bare) != key(bare + b"To: x@x.example\r\n")
    assert key(bare) == key(bare + b"\r\n")
    assert key(b"Message-ID: <>\r\n") != key(b"Message-ID:\r\n")
