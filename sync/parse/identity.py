"""Is this the same message? One short key per message and account (SYNC.md, "Identity")."""

from __future__ import annotations

import re
from hashlib import blake2b

from sync.parse.headers import header_block, scan
from sync.parse.model import ParsedHeaders

KEY_SIZE = 16
_GMAIL, _OBJECT_ID, _MESSAGE_ID, _HEADER = b"\x01", b"\x02", b"\x03", b"\x04"
_SPACES = re.compile(rb"\s+")
_HASHED = ("message-id", "from", "date", "subject")


def dedupe_key(
    headers: ParsedHeaders, raw_header: bytes, gm_msgid: int | None, emailid: str | None
) -> bytes:
    """KEY_SIZE bytes that are equal for copies of one message in one account.

    X-GM-MSGID first, then EMAILID (RFC 8474, 5.1), then Message-ID with From, Date and
    Subject, then the raw header. Fields are hashed as they were sent, spaces folded, so that
    a better parser in a later version does not make every message a new one.
    """
    if gm_msgid:
        return _hash(_GMAIL, b"%d" % gm_msgid)
    if emailid:
        return _hash(_OBJECT_ID, emailid.encode("utf-8", "surrogatepass"))
    block = header_block(raw_header)
    if not headers.message_id:
        return _hash(_HEADER, _SPACES.sub(b" ", block).strip())
    fields = scan(block)
    values = (_SPACES.sub(b"", b"\n".join(fields.get(name, ()))) for name in _HASHED)
    return _hash(_MESSAGE_ID, b"\0".join(values))


def _hash(kind: bytes, data: bytes) -> bytes:
    return blake2b(kind + data, digest_size=KEY_SIZE).digest()
