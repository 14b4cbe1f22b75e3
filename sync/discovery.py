"""From an email address to its IMAP server, as far as that can be known. No Django.

Well-known domains are built in; else the domain's SRV records (RFC 6186), then the page that it
publishes for mail programs, then whose its mail exchanger is, then a guess. Nothing here connects
to a mail server.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import dns.exception
import dns.resolver

from sync import autoconfig
from sync.autoconfig import Published, Web
from sync.providers import BY_DOMAIN, BY_EXCHANGER, Provider
from sync.reach import NOTHING, Reach

# For all questions to name servers about one address together.
SECONDS = 4.0
_SERVICES = (("_imaps._tcp", "tls"), ("_imap._tcp", "starttls"))

Record = tuple[int, int, str]
# Name and type to (priority, port, target) of each answer; none where there is no answer.
Resolve = Callable[[str, str], Sequence[Record]]
# Domain to what it publishes.
Look = Callable[[str], Published | None]
# Seconds for which a domain is not asked again: one person's steps through the form.
_REMEMBERED = 300


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


def find(
    address: str,
    resolve: Resolve | None = None,
    look: Look | None = None,
    allowed: Reach = NOTHING,
) -> Found:
    """The server of a well-formed address; never raises for a domain that does not answer.

    `allowed` is what of the own network may be asked for the domain's page.
    """
    resolve = resolve or ask_dns
    look = look or (lambda domain: _published(domain, allowed, time.monotonic() // _REMEMBERED))
    local, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if domain in BY_DOMAIN:
        return _of(BY_DOMAIN[domain], address, local)
    return (
        _by_service(domain, address, resolve)
        or _as_published(look(domain), address)
        or _by_exchanger(domain, address, local, resolve)
        or Found(f"imap.{domain}", 993, "tls", address, sure=False)
    )


def ask_dns(name: str, kind: str) -> Sequence[Record]:
    if autoconfig.is_reserved(name):
        return []
    try:
        resolver = dns.resolver.Resolver()
        resolver.lifetime = SECONDS / 3
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


@lru_cache(maxsize=256)
def _published(domain: str, allowed: Reach, _period: float) -> Published | None:
    return autoconfig.look(domain, Web(allowed=allowed))


def _as_published(found: Published | None, address: str) -> Found | None:
    if found is None:
        return None
    return Found(
        *(found.host, found.port, found.security, found.username_of(address), found.provider),
        hint="oauth_only" if found.oauth_only else "",
    )


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
