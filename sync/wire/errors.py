"""What can go wrong between us and a mail server, each named for what a person can do about it."""

from __future__ import annotations

import re
from typing import ClassVar

# Longest text of a server that is kept.
_DETAIL_LENGTH = 300
# Where a server asks to slow down and names no time.
_DEFAULT_WAIT_SECONDS = 60.0
_THROTTLED = re.compile(
    r"\[(?:THROTTLED|OVERQUOTA)\]|throttled|too many (?:simultaneous )?connections"
    r"|bandwidth limits|exceeded .{0,40}limit|rate limit",
    re.IGNORECASE,
)
_BACKOFF = re.compile(r"backoff time:?\s*(\d{1,9})\s*(ms|milli|s|)", re.IGNORECASE)


class WireError(Exception):
    """`detail` is in the server's words and holds no secret; `transient`: trying later may help."""

    code: ClassVar[str] = "wire_error"
    transient: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        self.detail = _tidy(detail)
        super().__init__(f"{self.code}: {self.detail}" if self.detail else self.code)


class ServerNotFound(WireError):
    """The name has no address."""

    code = "server_not_found"


class HostNotAllowed(WireError):
    """The server is inside the own network, and nobody allowed to connect to it."""

    code = "host_not_allowed"


class ConnectionRefused(WireError):
    """Nobody listens there, or the way there is closed."""

    code = "connection_refused"
    transient = True


class ConnectionTimedOut(WireError):
    """No answer within the time allowed, while connecting or later."""

    code = "timed_out"
    transient = True


class TlsFailed(WireError):
    code = "tls_failed"


class CertificateRejected(WireError):
    code = "certificate_rejected"


class StarttlsUnavailable(WireError):
    """The server offers no STARTTLS, or somebody in between hides it (RFC 3501, 11.1)."""

    code = "starttls_unavailable"


class PlaintextRefused(WireError):
    """The connection would be readable by others, and nobody allowed that."""

    code = "plaintext_refused"


class LoginDisabled(WireError):
    """LOGINDISABLED, and no mechanism of ours is offered (RFC 3501, 6.2.3)."""

    code = "login_disabled"


class AuthenticationRefused(WireError):
    code = "authentication_refused"


class Throttled(WireError):
    """The server asks to come back later: `wait` seconds."""

    code = "throttled"
    transient = True

    def __init__(self, detail: str = "", wait: float = _DEFAULT_WAIT_SECONDS) -> None:
        super().__init__(detail)
        self.wait = wait


class ConnectionLost(WireError):
    code = "connection_lost"
    transient = True


class FolderMissing(WireError):
    code = "folder_missing"


class FolderNotSelectable(WireError):
    code = "folder_not_selectable"


class NumbersUnstable(FolderNotSelectable):
    """UIDVALIDITY changes every time it is asked for: no UID means anything."""

    code = "numbers_unstable"


class MessageMissing(WireError):
    """The folder holds no such UID any more."""

    code = "message_missing"


class CommandRefused(WireError):
    """NO or BAD, and nothing more precise is known."""

    code = "command_refused"


class ServerTroubled(CommandRefused):
    """NO for a reason of the server's own that passes: UNAVAILABLE, INUSE (RFC 5530)."""

    code = "server_troubled"
    transient = True


class ProtocolError(WireError):
    """The server said what no reading of IMAP allows."""

    code = "protocol_error"


def throttled(text: str) -> Throttled | None:
    """The wish to slow down that a NO, BAD or BYE may hold.

    Microsoft: "Request is throttled. Suggested Backoff Time: 92415 milliseconds"; Yandex:
    "[THROTTLED] … Backoff Time: 60"; Gmail: "[OVERQUOTA] Account exceeded command or bandwidth
    limits" and "[ALERT] Too many simultaneous connections".
    """
    backoff = _BACKOFF.search(text)
    if backoff:
        in_milliseconds = backoff[2].lower().startswith("m")
        return Throttled(text, int(backoff[1]) / (1000 if in_milliseconds else 1))
    return Throttled(text) if _THROTTLED.search(text) else None


def _tidy(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text[: 2 * _DETAIL_LENGTH])
    return " ".join(printable.split())[:_DETAIL_LENGTH]
