"""From an email address to its IMAP server, as far as that can be known. No Django.

Well-known domains are built in; else the domain's SRV records (RFC 6186), then whose its mail
exchanger is, then a guess. Nothing here connects to a mail server.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dns.exception
import dns.resolver

from sync.providers import BY_DOMAIN, BY_EXCHANGER, Provider

# For all questions about one address together.
SECONDS = 4.0
_SERVICES = (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls"))

Record = tuple[int, int, str]
# Name and type to (priority, port, target) of each answer; none where there is no answer.
Resolve = Callable[[str, str], Sequence[Record]]


@dataclass(frozen=True)
class Found:
    """`sure` is false for a guess."""

    host: str
    port: int
    security: str
    username: str
    provider: str = ""
    hint: str = ""
    sure: bool = True


def find(address: str, resolve: Resolve | None = None) -> Found:
    """The server of a well-formed address; never raises for a domain that does not answer."""
    resolve = resolve or ask_dns
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if domain in BY_DOMAIN:
        return _of(BY_DOMAIN[domain], address, local)
    return (
        _by_service(domain, address, resolve)
        or _by_exchanger(domain, address, local, resolve)
        or Found(f"imap.{domain}", 993, "tls", address, sure=False)
    )


def ask_dns(name: str, kind: str) -> Sequence[Record]:
    resolver = dns.resolver.Resolver()
    resolver.lifetime = SECONDS / 3
    try:
        answers = resolver.resolve(name, kind)
    except (dns.exception.DNSException, OSError):
        return []
    if kind == "SRV":
        return [
            (one.priority, one.port, one.target.to_text(omit_final_dot=True)) for one in answers
        ]
    return [(one.preference, 0, one.exchange.to_text(omit_final_dot=True)) for one in answers]


def _by_service(domain: str, address: str, resolve: Resolve) -> Found | None:
    for service, security in _SERVICES:
        for _, port, target in sorted(resolve(f"{service}.{domain}", "SRV")):
            # A single dot: the service is decidedly not offered (RFC 2782).
            if target.strip("."):
                return Found(target, port, security, address)
    return None


def _by_exchanger(domain: str, address: str, local: str, resolve: Resolve) -> Found | None:
    for _, _, target in sorted(resolve(domain, "MX")):
        for ending, provider in BY_EXCHANGER.items():
            if target.lower().endswith(f".{ending}") or target.lower() == ending:
                return _of(provider, address, local)
    return None


def _of(provider: Provider, address: str, local: str) -> Found:
    username = local if provider.short_username else address.strip()
    return Found(
        provider.host, provider.port, provider.security, username, provider.name, provider.hint
    )
