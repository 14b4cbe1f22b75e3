"""What goes into a connection and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sync.parse.model import AttachmentInfo, TextPart
from sync.reach import NOTHING, Reach
from sync.wire.errors import WireError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Server:
    """Where and how to connect. Times in seconds."""

    host: str
    port: int
    security: Literal["tls", "starttls", "plain"]
    # Plain text to anything but loopback.
    allow_plain: bool = False
    # What of the own network may be connected to.
    reach: Reach = NOTHING
    verify_certificate: bool = True
    connect_timeout: float = 10
    read_timeout: float = 60
    # FETCH commands sent before the answer to the first is complete.
    pipeline_depth: int = 4


@dataclass(frozen=True)
class Credentials:
    """`secret` is a password, or with XOAUTH2 an access token."""

    username: str
    secret: str = field(repr=False)
    mechanism: Literal["password", "xoauth2"] = "password"


@dataclass(frozen=True)
class Capabilities:
    """What the server says it can do (RFC 3501, 6.1.1), of what we know how to use."""

    raw: frozenset[str] = frozenset()
    auth: frozenset[str] = frozenset()
    condstore: bool = False
    esearch: bool = False
    gmail: bool = False
    id: bool = False
    idle: bool = False
    list_extended: bool = False
    list_status: bool = False
    literal_plus: bool = False
    login_disabled: bool = False
    objectid: bool = False
    sasl_ir: bool = False
    special_use: bool = False
    uidplus: bool = False

    @classmethod
    def of(cls, words: bytes | str) -> Capabilities:
        text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
        raw = frozenset(text.upper().split())
        return cls(
            raw=raw,
            auth=frozenset(word[5:] for word in raw if word.startswith("AUTH=")),
            condstore=bool(raw & {"CONDSTORE", "QRESYNC"}),
            esearch="ESEARCH" in raw,
            gmail="X-GM-EXT-1" in raw,
            id="ID" in raw,
            idle="IDLE" in raw,
            list_extended="LIST-EXTENDED" in raw,
            list_status="LIST-STATUS" in raw,
            literal_plus="LITERAL+" in raw,
            login_disabled="LOGINDISABLED" in raw,
            objectid="OBJECTID" in raw,
            sasl_ir="SASL-IR" in raw,
            special_use="SPECIAL-USE" in raw,
            uidplus="UIDPLUS" in raw,
        )


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """`raw_name` is the identity; `name` is for people."""

    raw_name: bytes
    delimiter: str | None
    name: str
    # As in RFC 6154, such as r"\Sent"; guessed from the name where the server names none.
    special_use: str | None
    selectable: bool


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """None where the server says nothing or 0, which none of these may be."""

    messages: int
    uidvalidity: int | None = None
    uidnext: int | None = None
    highestmodseq: int | None = None
    # What messages in the folder are marked with beyond the system's flags; EXAMINE only.
    keywords: tuple[str, ...] = ()


@dataclass(slots=True)
class Flags:
    uid: int
    flags: frozenset[str] = frozenset()
    modseq: int | None = None
    # Raw names (modified UTF-7), None where the server has no Gmail labels.
    gm_labels: tuple[bytes, ...] | None = None
    # Asked for by its UID and not there.
    missing: bool = False
    # Why nothing but the UID is known.
    error: WireError | None = None


@dataclass(slots=True)
class Listed(Flags):
    # Bytes, as the server counts them (RFC822.SIZE).
    size: int = 0
    # INTERNALDATE in UTC; EPOCH where it cannot be read.
    internaldate: datetime = EPOCH


@dataclass(slots=True)
class Metadata(Listed):
    # The identifying fields (sync.parse.headers), raw, ending with an empty line.
    headers: bytes = b""
    gm_msgid: int | None = None
    gm_thrid: int | None = None
    # RFC 8474.
    emailid: str | None = None
    threadid: str | None = None


@dataclass(slots=True)
class PartialMessage:
    """A large message: what sync.parse.parse_partial takes."""

    header: bytes
    texts: tuple[TextPart, ...]
    attachments: tuple[AttachmentInfo, ...]


@dataclass(slots=True)
class Fetched:
    """One of `raw`, `parts`, `missing` and `error`."""

    uid: int
    raw: bytes | None = None
    parts: PartialMessage | None = None
    missing: bool = False
    error: WireError | None = None
