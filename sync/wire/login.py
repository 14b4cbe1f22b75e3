"""Proving who we are. The only place that sees a secret; none of it reaches an error or a log."""

from __future__ import annotations

import base64
import re

from sync.wire.channel import Channel, Text, refusal, status, words
from sync.wire.errors import AuthenticationRefused, LoginDisabled, Throttled, WireError
from sync.wire.model import Capabilities, Credentials
from sync.wire.reader import Response

_CAPABILITY = re.compile(rb"(?:OK \[)?CAPABILITY ([^\]]*)", re.IGNORECASE)
_IDENTITY = b'("name" "CRM Inbox" "version" "0.1")'


def identify(channel: Channel) -> None:
    """Say what we are (RFC 2971); NetEase lets nobody in who does not. A refusal costs nothing."""
    exchange = channel.exchange()
    exchange.send(b"ID", _IDENTITY)
    exchange.rest()


def log_in(channel: Channel, credentials: Credentials, offered: Capabilities) -> Capabilities:
    """By the best mechanism offered; what the server offers from then on.

    Raises AuthenticationRefused, LoginDisabled, Throttled, …
    """
    answers = _prove(channel, credentials, offered)
    _check(answers[-1], credentials)
    for answer in reversed(answers):
        if listed := _CAPABILITY.match(answer.text):
            return Capabilities.of(listed[1])
    return ask_capabilities(channel)


def ask_capabilities(channel: Channel) -> Capabilities:
    _, untagged = channel.command(b"CAPABILITY")
    found = [each.text for each in untagged if each.text[:11].upper() == b"CAPABILITY "]
    return Capabilities.of(found[-1][11:] if found else b"")


def _prove(channel: Channel, credentials: Credentials, offered: Capabilities) -> list[Response]:
    """All answers, the last one to the command itself."""
    if credentials.mechanism == "xoauth2":
        return _authenticate(channel, b"XOAUTH2", _xoauth2(credentials), offered)
    if "\0" in credentials.username + credentials.secret:
        raise AuthenticationRefused("The user name or password holds a character that IMAP cannot.")
    if "PLAIN" in offered.auth:
        answers = _authenticate(channel, b"PLAIN", _plain(credentials), offered)
        # BAD is about the command, not about the password: LOGIN may still do.
        if status(answers[-1]) != "BAD" or offered.login_disabled:
            return answers
    if offered.login_disabled:
        raise LoginDisabled
    exchange = channel.exchange()
    name, secret = credentials.username.encode(), credentials.secret.encode()
    exchange.send(b"LOGIN", Text(name), Text(secret))
    done, untagged = exchange.rest()
    return [*untagged, done]


def _authenticate(
    channel: Channel, mechanism: bytes, response: str, offered: Capabilities
) -> list[Response]:
    """RFC 3501, 6.2.2, the response sent at once where the server takes it so (RFC 4959)."""
    encoded = base64.b64encode(response.encode())
    exchange = channel.exchange()
    exchange.send(b"AUTHENTICATE", mechanism, *((encoded,) if offered.sasl_ir else ()))
    sent = offered.sasl_ir
    answers = [exchange.keep()]
    while answers[-1].tag in (b"*", b"+"):
        if answers[-1].tag == b"+":
            # XOAUTH2 explains its refusal in a challenge that wants an empty answer.
            exchange.send_line(b"" if sent else encoded)
            sent = True
        answers.append(exchange.keep())
    return answers


def _check(done: Response, credentials: Credentials) -> None:
    if status(done) == "OK":
        return
    error = refusal(done)
    if isinstance(error, Throttled) or error.transient:
        raise _without_secret(error, credentials)
    said = words(done) if status(done) == "NO" else ""
    raise _without_secret(AuthenticationRefused(said), credentials)


def _without_secret(error: WireError, credentials: Credentials) -> WireError:
    """Some servers repeat what they did not like."""
    shown = error.detail.replace("\\", "")
    # The first characters are enough: the server or we may have cut the rest.
    secrets = {credentials.secret[:6], " ".join(credentials.secret.split())[:6]}
    for response in (_plain(credentials), _xoauth2(credentials), credentials.secret):
        secrets.add(base64.b64encode(response.encode()).decode()[:8])
    if any(secret in shown for secret in secrets):
        error.detail = ""
        error.args = (error.code,)
    return error


def _plain(credentials: Credentials) -> str:
    return f"\0{credentials.username}\0{credentials.secret}"


def _xoauth2(credentials: Credentials) -> str:
    return f"user={credentials.username}\1auth=Bearer {credentials.secret}\1\1"
