"""Is this the same message? One short key per message and account (SYNC.md, "Identity")."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from sync.parse.headers import IDENTIFYING, header_block, scan
from sync.parse.model import ParsedHeaders

KEY_SIZE = 16
_GMAIL, _OBJECT_ID, _MESSAGE_ID, _HEADER = b"\x01", b"\x02", b"\x03", b"\x04"
_HASHED = ("message-id", "from", "date", "subject")


def server_key(gm_msgid: int | None, emailid: str | None) -> bytes:
    """The key where the server identifies messages: X-GM-MSGID first, then EMAILID (RFC 8474,
    5.1); else b"".
    """
    if gm_msgid:
        return _hash(_GMAIL, b"%d" % gm_msgid)
    if emailid:
        return _hash(_OBJECT_ID, emailid.encode("utf-8", "surrogatepass"))
    return b""


def content_key(headers: ParsedHeaders, raw: bytes, size: int, arrived_at: datetime) -> bytes:
    """KEY_SIZE bytes that are equal for copies of one message in one account.

    Message-ID with From, Date and Subject; without a Message-ID all fields that identify, and
    the size in bytes; without any of them the size and the arrival (INTERNALDATE), since a false
    split is better than a false merge. `raw` begins with the header, or with those of its fields
    that a server was asked for: the key is the same. Fields are hashed as they were sent, spaces
    folded, so that a better parser in a later version does not make every message a new one.
    """
    # For a server an empty line at the very start ends the header: it tells no field.
    fields = {} if raw[:1] in (b"\r", b"\n") else scan(header_block(raw))
    if headers.message_id and "message-id" in fields:
        return _hash(_MESSAGE_ID, _values(fields, _HASHED))
    moment = b"" if fields else arrived_at.isoformat().encode()
    return _hash(_HEADER, b"%d\0%s\0" % (size, moment) + _values(fields, IDENTIFYING))


def _values(fields: dict[str, list[bytes]], names: tuple[str, ...]) -> bytes:
    return b"\0".join([b"".join(b"\n".join(fields.get(name, ())).split()) for name in names])


def _hash(kind: bytes, data: bytes) -> bytes:
    return blake2b(kind + data, digest_size=KEY_SIZE).digest()
