"""From a host and port to a connection on which the server has greeted us, and no further.

The only module that imports imapclient: it connects, verifies certificates and does STARTTLS.
"""

from __future__ import annotations

import imaplib
import ipaddress
import socket
import ssl
from contextlib import suppress
from functools import lru_cache

import imapclient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError  # type: ignore[import-untyped]

from sync import reach
from sync.wire.channel import Channel
from sync.wire.errors import (
    CertificateRejected,
    ConnectionLost,
    ConnectionRefused,
    ConnectionTimedOut,
    HostNotAllowed,
    PlaintextRefused,
    ProtocolError,
    ServerNotFound,
    StarttlsUnavailable,
    TlsFailed,
    WireError,
    throttled,
)
from sync.wire.model import Capabilities, Server


def dial(server: Server) -> tuple[Channel, Capabilities, bool]:
    """A channel, what the server offers, and whether it takes us as logged in (PREAUTH).

    Raises the WireError that names what is wrong; never falls back to plain text.
    """
    client: imapclient.IMAPClient | None = None
    try:
        client = _Client(server)
        # Hard-coded to 5, which costs two thirds of the speed and writes what is said to a log.
        client._imap.debug = 0
        preauth = client._imap.state == "AUTH"
        if server.security == "starttls":
            _start_tls(client, server, preauth)
        elif server.security == "plain" and not server.allow_plain:
            _check_loopback(client.socket())
        offered = Capabilities.of(b" ".join(client.capabilities()))
        return _take_over(client, server), offered, preauth
    except BaseException as error:
        if client is not None:
            with suppress(OSError):
                client.shutdown()
        if isinstance(error, WireError):
            raise
        raise _named(error) from None


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    """IMAPClient over a socket of ours, to an address that was checked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        timeout = imapclient.SocketTimeout(server.connect_timeout, server.connect_timeout)
        super().__init__(server.host, server.port, ssl=server.security == "tls", timeout=timeout)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802
        return _Imap(self._server)


class _Imap(imaplib.IMAP4):
    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        server = self._server
        sock = reach.connect(server.host, server.port, server.connect_timeout, server.reach)
        sock.settimeout(server.connect_timeout)
        if server.security != "tls":
            return sock
        try:
            return _context(server).wrap_socket(sock, server_hostname=server.host)
        except BaseException:
            sock.close()
            raise


def _context(server: Server) -> ssl.SSLContext:
    return _shared_context(server.verify_certificate, ssl.get_default_verify_paths())


@lru_cache(maxsize=4)
def _shared_context(verify: bool, _trusted: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    """One for all connections: each would hold its own copy of all trusted certificates."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _start_tls(client: imapclient.IMAPClient, server: Server, preauth: bool) -> None:
    """RFC 3501, 6.2.1. PREAUTH would forbid it, so here it is somebody's attack."""
    if preauth or not client.has_capability("STARTTLS"):
        raise StarttlsUnavailable
    try:
        client.starttls(_context(server))
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise StarttlsUnavailable(_words(error)) from None


def _check_loopback(sock: socket.socket) -> None:
    peer = ipaddress.ip_address(sock.getpeername()[0].partition("%")[0])
    mapped = getattr(peer, "ipv4_mapped", None)
    if not (mapped or peer).is_loopback:
        raise PlaintextRefused


def _take_over(client: imapclient.IMAPClient, server: Server) -> Channel:
    """The socket without imaplib, which keeps what it has read ahead in `file`."""
    sock: socket.socket = client.socket()
    sock.settimeout(0)
    received = b""
    with suppress(BlockingIOError, ssl.SSLWantReadError):
        received = client._imap.file.peek()
    client._imap.file.close()
    return Channel(sock, received, server.read_timeout)


def _named(error: BaseException) -> BaseException:
    """The WireError that an error of the socket, of TLS or of imaplib stands for."""
    match error:
        case socket.gaierror() | UnicodeError():
            return ServerNotFound()
        case ssl.SSLCertVerificationError():
            return CertificateRejected(error.verify_message)
        case reach.OutOfReach():
            return HostNotAllowed(str(error))
        case TimeoutError():
            return ConnectionTimedOut()
        case ssl.SSLEOFError() | ConnectionResetError() | BrokenPipeError():
            return ConnectionLost("The server closed the connection.")
        case ssl.SSLError():
            return TlsFailed(error.reason or "")
        case OSError():
            return ConnectionRefused(error.strerror or "")
        case imaplib.IMAP4.abort() if _words(error).startswith("unexpected response"):
            return ProtocolError(_words(error))
        case imaplib.IMAP4.abort():
            return throttled(_words(error)) or ConnectionLost(_words(error))
        case imaplib.IMAP4.error() | IMAPClientError():
            return throttled(_words(error)) or ProtocolError(_words(error))
    return error


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
