"""Where an address's mailbox is, without asking any server but the domain's own records."""

from collections.abc import Sequence

import pytest

from sync.discovery import Record, find

RECORDS: dict[tuple[str, str], Sequence[Record]] = {
    ("_imaps._tcp.firma.example", "SRV"): [
        (20, 993, "b.firma.example"),
        (5, 994, "a.firma.example"),
    ],
    ("_imap._tcp.old.example", "SRV"): [(0, 143, "mail.old.example")],
    ("_imaps._tcp.none.example", "SRV"): [(0, 0, ".")],
    ("startup.example", "MX"): [(1, 0, "ASPMX.L.GOOGLE.COM")],
    ("liar.example", "MX"): [(1, 0, "mx.notgoogle.com")],
}


def resolve(name: str, kind: str) -> Sequence[Record]:
    return RECORDS.get((name, kind), [])


@pytest.mark.parametrize(
    ("address", "host", "port", "security"),
    [
        ("ewa@Gmail.com", "imap.gmail.com", 993, "tls"),
        ("ewa@op.pl", "imap.poczta.onet.pl", 993, "tls"),
        ("ewa@firma.example", "a.firma.example", 994, "tls"),
        ("ewa@old.example", "mail.old.example", 143, "starttls"),
        ("ewa@startup.example", "imap.gmail.com", 993, "tls"),
        ("ewa@liar.example", "imap.liar.example", 993, "tls"),
        ("ewa@none.example", "imap.none.example", 993, "tls"),
    ],
)
def test_it_finds_the_server(address: str, host: str, port: int, security: str) -> None:
    found = find(address, resolve)
    assert (found.host, found.port, found.security) == (host, port, security)


def test_a_guess_is_said_to_be_one() -> None:
    assert not find("ewa@liar.example", resolve).sure
    assert find("ewa@firma.example", resolve).sure


def test_icloud_wants_the_name_without_the_domain() -> None:
    assert find("ewa@icloud.com", resolve).username == "ewa"


def test_gmail_wants_an_app_password() -> None:
    assert find("ewa@gmail.com", resolve).hint == "app_password"
