"""Ways in which real mail is broken, applied to messages that were whole."""

import re
from collections.abc import Callable


def unknown_charset(raw: bytes) -> bytes:
    return raw.replace(b'charset="utf-8"', b'charset="x-unknown-8bit"')


def missing_date(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^Date: [^\r]*\r\n", b"", raw, count=1)


def no_sender(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^From: [^\r]*(\r\n[ \t][^\r]*)*\r\n", b"", raw, count=1)


def lost_end(raw: bytes) -> bytes:
    """Cut off before the last boundary, as by a full disk."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) * 2 // 3].rstrip(b"\r\n=") + b"\r\n"


def wrong_boundary(raw: bytes) -> bytes:
    return raw.replace(b'boundary="=_', b'boundary="=_other', 1)


def raw_eight_bit_subject(raw: bytes) -> bytes:
    """Latin-2 octets in the header, never encoded."""
    subject = "Subject: Zapytanie o meble, pilne, Łódź".encode("iso-8859-2")
    return re.sub(rb"(?m)^Subject: [^\r]*(\r\n[ \t][^\r]*)*", subject, raw, count=1)


def impossible_date(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^Date: [^\r]*", b"Date: Tue, 31 Feb 2026 27:61:00 +9900", raw, count=1)


def empty_body(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def broken_word(raw: bytes) -> bytes:
    """An encoded word (RFC 2047) whose base64 is cut in the middle of a letter."""
    subject = b"Subject: =?utf-8?B?WmFweXRhbmllIG8gxYJhd2vEmSwgxYI=?= =?utf-8?B?xYIx?="
    return re.sub(rb"(?m)^Subject: [^\r]*(\r\n[ \t][^\r]*)*", subject, raw, count=1)


def two_subjects(raw: bytes) -> bytes:
    return re.sub(rb"(?m)^Subject: ", b"Subject: Fwd:\r\nSubject: ", raw, count=1)


ALL: tuple[Callable[[bytes], bytes], ...] = (
    unknown_charset,
    missing_date,
    no_sender,
    wrong_boundary,
    raw_eight_bit_subject,
    lost_end,
    impossible_date,
    broken_word,
    empty_body,
    two_subjects,
)
