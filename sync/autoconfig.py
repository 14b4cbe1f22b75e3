"""What a domain itself publishes about its mail servers, as Thunderbird's autoconfig. No Django.

    https://autoconfig.DOMAIN/mail/config-v1.1.xml
    https://DOMAIN/.well-known/autoconfig/mail/config-v1.1.xml

Whoever owns the domain may be anybody: so only HTTPS with a certificate that is trusted, no
redirect followed, a small answer in a short time, no XML entities, and no address inside the own
network. The person's address is not sent along.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Timer
from xml.etree.ElementTree import Element, ParseError

import dns.exception
import dns.resolver
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from sync import reach
from sync.reach import NOTHING, Reach, Resolve

# For a whole answer, from the name's look-up to the last byte, and the bytes it may have.
SECONDS = 3.0
SIZE = 64 * 1024
_PATH = "/mail/config-v1.1.xml"
_SECURITIES = {"SSL": "tls", "STARTTLS": "starttls"}
_DOMAIN = re.compile(
    r"(?=.{4,250}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_PORT = re.compile(r"[1-9]\d{0,4}")
_NAME_LENGTH = 60
_RESERVED = frozenset(("example", "invalid", "local", "localhost", "test"))


@dataclass(frozen=True)
class Published:
    """`username` may hold %EMAILADDRESS%, %EMAILLOCALPART% and %EMAILDOMAIN%."""

    host: str
    port: int
    security: str
    username: str
    provider: str
    # No server of it takes a password.
    oauth_only: bool

    def username_of(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        parts = {"ADDRESS": address, "LOCALPART": local, "DOMAIN": domain}
        return re.sub("%EMAIL([A-Z]+)%", lambda found: parts.get(found[1], ""), self.username)


@dataclass(frozen=True)
class Web:
    """How the pages are fetched; the defaults but for tests."""

    port: int = 443
    allowed: Reach = NOTHING
    resolve: Resolve = field(default=lambda host: ask_dns(host))
    context: ssl.SSLContext | None = None


def look(domain: str, web: Web | None = None) -> Published | None:
    """What the domain publishes, None where that is nothing to use. Takes about SECONDS."""
    domain = _ascii(domain)
    if not _DOMAIN.fullmatch(domain):
        return None
    places = ((f"autoconfig.{domain}", _PATH), (domain, f"/.well-known/autoconfig{_PATH}"))
    with ThreadPoolExecutor(len(places)) as pool:
        pages = pool.map(lambda place: fetch(place[0], place[1], web or Web()), places)
        found = [read(page) for page in pages if page]
    return next((one for one in found if one), None)


def fetch(host: str, path: str, web: Web) -> bytes:
    """The page, empty where there is none or it breaks a rule."""
    try:
        plain = reach.connect(host, web.port, SECONDS, web.allowed, web.resolve)
        # A second handle: TLS takes the first one over.
        with plain, plain.dup() as handle:
            # A server that sends a byte now and then would never run into a timeout.
            ending = Timer(SECONDS, _hang_up, [handle])
            ending.start()
            try:
                return _get(host, path, plain, web)
            finally:
                ending.cancel()
    except (OSError, http.client.HTTPException, UnicodeError):
        return b""


def _get(host: str, path: str, plain: socket.socket, web: Web) -> bytes:
    context = web.context or ssl.create_default_context()
    with context.wrap_socket(plain, server_hostname=host) as sock:
        connection = http.client.HTTPSConnection(host, timeout=SECONDS)
        connection.sock = sock
        connection.request("GET", path, headers={"Accept": "text/xml", "Connection": "close"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            return b""
        page = answer.read(SIZE + 1)
    return page if len(page) <= SIZE else b""


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def read(page: bytes) -> Published | None:
    """The first IMAP server of the page that is safe to use; None where there is none."""
    try:
        root = fromstring(page, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    provider = _tidy(root.findtext("emailProvider/displayName") or "")
    servers = list(_servers(root, provider))
    with_password = [one for one in servers if not one.oauth_only]
    return next(iter(with_password or servers), None)


def _servers(root: Element, provider: str) -> Iterator[Published]:
    for server in root.findall("emailProvider/incomingServer[@type='imap']"):
        text = {child.tag: (child.text or "").strip() for child in server}
        ways = {(each.text or "").strip() for each in server.findall("authentication")}
        host, port = text.get("hostname", "").lower(), text.get("port", "")
        security = _SECURITIES.get(text.get("socketType", ""), "")
        username = text.get("username") or "%EMAILADDRESS%"
        is_safe = security and _DOMAIN.fullmatch(host) and _PORT.fullmatch(port)
        if is_safe and int(port) < 1 << 16 and len(username) < 200 and username.isprintable():
            oauth_only = bool(ways) and ways <= {"OAuth2"}
            yield Published(host, int(port), security, username, provider or host, oauth_only)


def ask_dns(host: str) -> list[str]:
    """The name servers' answer, not the machine's: no file of its own, no number is a name."""
    try:
        if is_reserved(host):
            raise dns.resolver.NXDOMAIN
        answers = dns.resolver.Resolver().resolve_name(host, lifetime=SECONDS)
    except (dns.exception.DNSException, OSError) as error:
        raise socket.gaierror(socket.EAI_NONAME, "The name has no address.") from error
    return list(answers.addresses())


def is_reserved(name: str) -> bool:
    """Names that no name server knows (RFC 6761, 6): asking would only take time."""
    return name.rstrip(".").rpartition(".")[2].lower() in _RESERVED


def _ascii(domain: str) -> str:
    with suppress(UnicodeError):
        return domain.strip().rstrip(".").encode("idna").decode("ascii").lower()
    return ""


def _tidy(name: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in name)
    return " ".join(shown.split())[:_NAME_LENGTH]
