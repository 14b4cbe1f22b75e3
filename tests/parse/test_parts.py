"""Attachments: their IMAP part numbers, fetched parts, and messages fetched by parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.parse import (
    AttachmentInfo,
    TextPart,
    attachment_bytes,
    decoded_size,
    describe_attachment,
    parse_message,
    parse_partial,
    part_bytes,
)

MAIL = Path(__file__).parent.parent / "mail"


def sample(name: str) -> bytes:
    return (MAIL / f"{name}.eml").read_bytes()


@pytest.mark.parametrize(
    ("name", "sections"),
    [
        # RFC 3501, 6.4.5: a message that is no multipart has part 1 alone.
        ("single_pdf", ["1"]),
        ("calendar_only", ["1"]),
        ("message_rfc822_as_root", ["1"]),
        ("mixed_related_alternative", ["1.2", "2"]),
        ("deep_nesting", ["1.2"]),
        # The parts inside the message at 2 are 2.1 and 2.2; what follows it is 3.
        ("forwarded_as_attachment", ["2", "3"]),
        ("bounce_report", ["2", "3"]),
        ("calendar_invite", ["1.3", "2"]),
    ],
)
def test_it_numbers_parts_as_imap_does(name: str, sections: list[str]) -> None:
    attachments = parse_message(sample(name)).attachments
    assert [each.section for each in attachments] == sections


def test_it_takes_an_attachment_out_of_a_whole_message() -> None:
    raw = sample("mixed_related_alternative")
    assert (attachment_bytes(raw, "1.2") or b"").startswith(b"\x89PNG")
    assert (attachment_bytes(raw, "2") or b"").startswith(b"%PDF")
    assert b"Lost order" in (attachment_bytes(sample("bounce_report"), "3") or b"")
    for missing in ("1", "3", "0", "1.2.1", "x", ""):
        assert attachment_bytes(raw, missing) is None


def test_it_takes_an_attachment_out_of_a_broken_message() -> None:
    raw = sample("boundary_prefix_of_another")
    (attachment,) = parse_message(raw).attachments
    assert (attachment_bytes(raw, attachment.section) or b"").startswith(b"%PDF")


@pytest.mark.parametrize("name", ["uuencode", "uuencode_two_files", "yenc"])
def test_it_takes_files_out_of_a_text(name: str) -> None:
    raw = sample(name)
    text = raw.partition(b"\r\n\r\n")[2]
    for attachment in parse_message(raw).attachments:
        content = part_bytes(text, attachment.encoding)
        assert len(content) == attachment.size
        assert attachment_bytes(raw, attachment.section, attachment.encoding) == content


def test_it_decodes_both_uuencoded_files() -> None:
    text = sample("uuencode_two_files").partition(b"\r\n\r\n")[2]
    assert part_bytes(text, "uuencode:0") == bytes(range(100))
    assert part_bytes(text, "uuencode:1") == b"zwei"
    assert part_bytes(text, "uuencode:2") == b""


@pytest.mark.parametrize(
    ("raw", "encoding", "content"),
    [
        (b"SGVs\r\nbG8=\r\n", "base64", b"Hello"),
        (b"SGVs bG8", "BASE64 ", b"Hello"),
        (b"S!GVs*bG8=junk", "base64", b"Hello"),
        (b"SGVsbG8=\r\nSGVsbG8=", "base64", b"Hello"),
        (b"S", "base64", b""),
        (b"a=C5=82=\r\nb", "quoted-printable", "ałb".encode()),
        (b"begin 644 x\n%:&5L;&\\\n`\nend\n", "x-uuencode", b"hello"),
        (b"as is", "7bit", b"as is"),
        (b"as is", "", b"as is"),
        (b"as is", "x-none", b"as is"),
    ],
)
def test_it_undoes_transfer_encodings(raw: bytes, encoding: str, content: bytes) -> None:
    assert part_bytes(raw, encoding) == content


@pytest.mark.parametrize("size", [0, 1, 56, 57, 58, 5_700, 100_001])
def test_it_estimates_sizes_within_three_bytes(size: int) -> None:
    lines, rest = divmod(size, 57)
    encoded = lines * 78 + (-(-rest // 3) * 4 + 2 if rest else 0)
    assert abs(decoded_size(encoded, "base64") - size) <= 3
    assert decoded_size(size, "8bit") == size


def test_it_describes_a_part_of_bodystructure() -> None:
    found = describe_attachment(
        "2",
        "APPLICATION/PDF",
        "BASE64",
        7800,
        [("NAME", "old.pdf")],
        "ATTACHMENT",
        [("FILENAME*0*", "utf-8''zam%C3"), ("FILENAME*1*", "%B3wienie.pdf")],
        "<x@y>",
    )
    assert found == AttachmentInfo(
        "2", "zamówienie.pdf", "application/pdf", 5700, "x@y", False, "base64"
    )


def test_it_puts_a_large_message_together_from_its_parts() -> None:
    attachment = AttachmentInfo("2", "big.zip", "application/zip", 9_000_000, "", False, "base64")
    message = parse_partial(
        sample("plain_ascii").partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
        [
            TextPart("1.1", "text/plain", "utf-8", "quoted-printable", b"Zam=C3=B3wienie\r\n"),
            TextPart("1.2", "text/html", "utf-8", "base64", b"PGI+WmFtw7N3aWVuaWU8L2I+"),
            TextPart("3", "text/plain", "utf-8", "7bit", b"Footer\r\n"),
        ],
        [attachment],
    )
    assert message.headers.subject == "Order 17"
    assert message.text == "Zamówienie\nFooter"
    assert message.html.startswith("<b>Zamówienie</b>")
    assert "Footer" in message.html
    assert message.attachments == [attachment]
    assert message.quality == "good"


def test_it_reads_a_text_that_was_cut_in_the_middle_of_a_character() -> None:
    part = TextPart("1", "text/plain", "utf-8", "8bit", "Zażółć".encode()[:-1])
    message = parse_partial(b"Subject: cut\r\n\r\n", [part], [])
    assert message.text == "Zażół\ufffd"


def test_wide_characters_whose_bytes_look_like_a_line_end_stay() -> None:
    header = (
        b"Content-Type: text/plain; charset=utf-16-le\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    body = "\u0a0d one\r\ntwo".encode("utf-16-le")
    assert parse_message(header + body).text == "\u0a0d one\ntwo"
    assert parse_message(header + "\u0a0d".encode("utf-16-le")).text == "\u0a0d"
