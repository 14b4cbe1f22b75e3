"""What a domain publishes about its mail servers, and what it may not make us do."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync import autoconfig
from sync.autoconfig import Published, Web, look, read
from sync.discovery import find
from sync.reach import Reach
from tests.imap.web_page import Answer, WebPage, ok, web_page

DOMAIN = "firma.example"
NAMES = [f"autoconfig.{DOMAIN}", DOMAIN]
SERVER = (
    '<incomingServer type="{kind}"><hostname>{host}</hostname><port>{port}</port>'
    "<socketType>{security}</socketType><username>{username}</username>"
    "<authentication>{way}</authentication></incomingServer>"
)


def server(**changes: str) -> str:
    usual = {"kind": "imap", "host": "imap.firma.example", "port": "993", "security": "SSL"}
    return SERVER.format(
        **usual | {"username": "%EMAILADDRESS%", "way": "password-cleartext"} | changes
    )


def config(*servers: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<clientConfig version="1.1"><emailProvider id="x">'
        f"<displayName>Firma\u2028 Mail</displayName>{''.join(servers)}"
        "</emailProvider></clientConfig>"
    ).encode()


@contextmanager
def published(folder: Path, answers: dict[str, Answer]) -> Iterator[tuple[WebPage, Web]]:
    with web_page(folder, NAMES, answers) as page:
        yield (
            page,
            Web(page.port, Reach.of(["127.0.0.1"]), lambda _: ["127.0.0.1"], page.trusting),
        )


@pytest.mark.parametrize("host", NAMES)
def test_it_finds_what_the_domain_publishes_at_either_place(host: str, tmp_path: Path) -> None:
    with published(tmp_path, {host: ok(config(server()))}) as (page, web):
        found = look("FIRMA.example", web)
    assert found == Published(
        "imap.firma.example", 993, "tls", "%EMAILADDRESS%", "Firma Mail", False
    )
    assert sorted(line.split("\r\n")[0] for line in page.asked) == [
        "GET /.well-known/autoconfig/mail/config-v1.1.xml HTTP/1.1",
        "GET /mail/config-v1.1.xml HTTP/1.1",
    ]


def test_discovery_asks_the_domain_before_it_guesses(tmp_path: Path) -> None:
    page = config(server(username="%EMAILLOCALPART%.%EMAILDOMAIN%", host="mail.isp.example"))
    with published(tmp_path, {DOMAIN: ok(page)}) as (_, web):
        found = find("ewa@firma.example", lambda *_: [], lambda domain: look(domain, web))
    assert (found.host, found.username, found.sure) == (
        "mail.isp.example",
        "ewa.firma.example",
        True,
    )


def test_of_several_servers_the_first_that_is_safe_and_takes_a_password_is_used() -> None:
    found = read(
        config(
            server(kind="pop3", host="pop.firma.example"),
            server(security="plain", host="plain.firma.example"),
            server(way="OAuth2", host="oauth.firma.example"),
            server(security="STARTTLS", port="143", host="second.firma.example"),
            server(host="third.firma.example"),
        )
    )
    assert found is not None
    assert (found.host, found.port, found.security) == ("second.firma.example", 143, "starttls")


def test_where_no_password_is_taken_that_is_said() -> None:
    found = find("a@b.example", lambda *_: [], lambda _: read(config(server(way="OAuth2"))))
    assert (found.hint, found.provider) == ("oauth_only", "Firma Mail")


@pytest.mark.parametrize(
    "changes",
    [
        {"security": "plain"},
        {"host": "10.0.0.1"},
        {"host": "localhost"},
        {"host": "a b.example"},
        {"host": "x.example/../"},
        {"port": "0"},
        {"port": "99999"},
        {"port": "-1"},
        {"username": "x" * 500},
        {"username": "a\u202eb"},
    ],
)
def test_a_server_that_is_none_is_left_out(changes: dict[str, str]) -> None:
    assert read(config(server(**changes))) is None


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
DTD = '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'


@pytest.mark.parametrize(
    "page",
    [
        config(server(username="&c;"), before=BOMB),
        config(server(username="&f;"), before=FILE),
        config(server(), before=DTD),
        config(server())[:-9],
        b"",
        b"\0" * 100,
        b'<?xml version="1.0" encoding="no-such"?><clientConfig/>',
        "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
        b"<html><body>It works!</body></html>",
        b"<a>" * 5000,
    ],
)
def test_a_page_that_is_none_is_nothing(page: bytes) -> None:
    assert read(page) is None


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"", "302 Found", "Location: https://firma.example/elsewhere\r\n"),
        ok(b"", "301 Moved", "Location: http://169.254.169.254/\r\n"),
        ok(config(server()), "404 Not Found"),
        ok(config(server()) + b" " * autoconfig.SIZE),
        ok(b"", headers="Content-Length: 99999999\r\n"),
        b"\0\0\0\0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000,
    ],
    ids=["redirect", "inside", "missing", "large", "cut", "binary", "many headers"],
)
def test_an_answer_that_breaks_a_rule_is_none(answer: bytes, tmp_path: Path) -> None:
    with published(tmp_path, dict.fromkeys(NAMES, answer)) as (page, web):
        assert look(DOMAIN, web) is None
    assert len(page.asked) == 2


def test_a_server_that_drips_is_left_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autoconfig, "SECONDS", 0.5)

    def drip(sock: ssl.SSLSocket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(600):
            sock.sendall(b" ")
            time.sleep(0.1)

    began = time.monotonic()
    with published(tmp_path, {DOMAIN: drip}) as (_, web):
        assert look(DOMAIN, web) is None
        assert time.monotonic() - began < 30


def test_a_certificate_that_nobody_knows_is_not_talked_to(tmp_path: Path) -> None:
    with published(tmp_path, dict.fromkeys(NAMES, ok(config(server())))) as (page, web):
        strict = Web(web.port, web.allowed, web.resolve)
        assert look(DOMAIN, strict) is None
        assert page.asked == []


def test_a_certificate_for_another_name_is_not_talked_to(tmp_path: Path) -> None:
    with published(tmp_path, {"other.example": ok(config(server()))}) as (page, web):
        assert look("other.example", web) is None
        assert page.asked == []


def test_an_address_inside_is_not_asked(tmp_path: Path) -> None:
    with published(tmp_path, dict.fromkeys(NAMES, ok(config(server())))) as (page, web):
        assert look(DOMAIN, Web(web.port, Reach(), web.resolve, web.context)) is None
        assert page.asked == []


@pytest.mark.parametrize(
    "domain",
    ["", "localhost", "127.0.0.1", "2130706433", "a_b.example", "x.1", "-a.example", "a..b"],
)
def test_what_is_no_domain_is_not_asked(domain: str) -> None:
    def resolve(host: str) -> list[str]:
        raise AssertionError(host)

    assert look(domain, Web(resolve=resolve)) is None


def test_a_domain_of_other_letters_is_asked_by_its_ascii_name() -> None:
    asked = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        raise OSError

    assert look("Żółw.example", Web(resolve=resolve)) is None
    assert "xn--w-uga1v8h.example" in asked
