"""Which addresses may be connected to, and connecting to them and no others. No Django.

People type the names of servers, and whoever owns a domain publishes some. None of them may make
this machine knock at doors inside its own network: databases, routers, a cloud's metadata. What
counts is the address that is connected to, so it is looked up once, checked, and connected to as
a number: no second answer of a name server can come in between.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sync import patience

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A host's addresses as text. Raises OSError (socket.gaierror) where there are none.
Resolve = Callable[[str], Iterable[str]]

# IANA's special-purpose registry, multicast, and what clouds keep at public addresses.
_CLOSED_4 = [
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's own, reached from every machine there
    )
]
# All that is given out lies in here (RFC 4291, 2.4), but for these.
_GIVEN_OUT_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# The public IPv4 Internet as machines without IPv4 see it (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class OutOfReach(OSError):
    """Every address of the host is one that nobody allowed."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What lies inside the own network and may be connected to all the same: nothing, by default.

    A name lets in whatever it stands for.
    """

    everything: bool = False
    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str]) -> Reach:
        """From names, addresses and networks; "yes" allows all. Raises ValueError."""
        networks: list[Network] = []
        names = set[str]()
        everything = False
        for word in words:
            if word.lower() in ("yes", "no"):
                everything = everything or word.lower() == "yes"
            elif (network := _network(word)) is not None:
                networks.append(network)
            elif "/" in word or ":" in word or not _plain(word):
                raise ValueError(f"{word!r} is no host name, address or network.")
            else:
                names.add(_plain(word))
        return cls(everything, tuple(networks), frozenset(names))

    def allows(self, host: str, address: str) -> bool:
        """May this address be connected to, as one of that host's?"""
        if self.everything or _plain(host) in self.names:
            return True
        try:
            found = _real(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return False
        if any(found.version == network.version and found in network for network in self.networks):
            return True
        return _is_public(found) and not _is_here(found)


NOTHING = Reach()


def connect(
    host: str, port: int, seconds: float, reach: Reach, resolve: Resolve | None = None
) -> socket.socket:
    """A socket to the first allowed address that answers, all within `seconds` but the look-up.

    Raises OutOfReach, and OSError as socket.create_connection does.
    """
    found = list(dict.fromkeys((resolve or look_up)(host)))
    allowed = [address for address in found if reach.allows(host, address)]
    if found and not allowed:
        raise OutOfReach(f"{host} is inside a private network.")
    deadline = time.monotonic() + seconds
    problem: OSError | None = None
    for index, address in enumerate(allowed):
        # An address that does not answer leaves time for those after it.
        share = (deadline - time.monotonic()) / (len(allowed) - index)
        if share <= 0:
            break
        try:
            return _connected(host, address, port, share, reach)
        except OSError as error:
            problem = error
    raise problem or socket.gaierror(socket.EAI_NONAME, "The name has no address.")


def look_up(host: str) -> list[str]:
    """As the machine itself does; `0177.1` and `2130706433` are addresses to it, too."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _connected(host: str, address: str, port: int, seconds: float, reach: Reach) -> socket.socket:
    sock = socket.create_connection((address, port), seconds)
    peer = str(sock.getpeername()[0])
    if not reach.allows(host, peer):
        sock.close()
        raise OutOfReach(f"{host} is inside a private network.")
    patience.hold(sock)
    return sock


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    return address in _GIVEN_OUT_6 and not any(address in network for network in _CLOSED_6)


def _is_here(address: Address) -> bool:
    """Whether it is one of this machine's own: what goes there passes no firewall on its way."""
    return _source(address) == str(address)


def _source(address: Address) -> str:
    """From which address the kernel would send to that one; nothing is sent."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((str(address), 9))
            return str(ipaddress.ip_address(sock.getsockname()[0].partition("%")[0]))
    except OSError:
        # No way leads there.
        return ""


def _real(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _network(word: str) -> Network | None:
    with suppress(ValueError):
        return ipaddress.ip_network(word.strip("[]"), strict=False)
    return None


def _plain(host: str) -> str:
    return host.strip().rstrip(".").lower()
