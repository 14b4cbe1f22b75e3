"""No name that somebody types or publishes leads into the own network."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm_inbox import env
from sync import problems, reach
from sync.reach import OutOfReach, Reach
from sync.wire import Connection, HostNotAllowed, Server
from tests.imap.scripted_server import ANNA, LOOPBACK, scripted

# As a person may type them; the machine's own look-up reads most of them as addresses.
HOSTILE = (
    # This machine
    *("127.0.0.1", "127.1", "127.0.0.1.", "127.255.255.254", "2130706433", "0x7f000001"),
    *("0x7f.1", "0177.0.0.1", "017700000001", "0.0.0.0", "0", "::", "::1", "0:0:0:0:0:0:0:1"),  # noqa: S104
    *("localhost", "LOCALHOST", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1"),
    # Private networks
    *("10.0.0.1", "0xa.0.0.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("3232235777", "0300.0250.1.1", "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "fec0::1"),
    *("64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    # Link-local and the clouds' metadata
    *("169.254.0.1", "169.254.169.254", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376"),
    *("::ffff:169.254.169.254", "fe80::1", "fe80::1%lo", "fd00:ec2::254", "100.100.100.200"),
    *("192.0.0.192", "168.63.129.16"),
    # Carriers' networks, tests, documentation, tunnels
    *("100.64.0.1", "100.127.255.255", "198.18.0.1", "192.0.2.1", "198.51.100.1"),
    *("203.0.113.1", "192.88.99.1", "2002:7f00:1::", "2002:a00:1::", "2001::1", "2001:db8::1"),
    *("3fff::1", "5f00::1", "100::1"),
    # To many or to nobody
    *("224.0.0.1", "239.255.255.255", "ff02::1", "240.0.0.1", "255.255.255.255"),
)
PUBLIC = ("8.8.8.8", "142.250.1.109", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")


@pytest.mark.parametrize("host", HOSTILE)
def test_a_hostile_host_is_not_connected_to(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", _nobody_calls)
    with pytest.raises((OutOfReach, socket.gaierror)):
        reach.connect(host, 993, 5, Reach())


@pytest.mark.parametrize("host", [host for host in HOSTILE if not host.isalpha()])
def test_what_the_machine_makes_of_it_is_what_is_checked(host: str) -> None:
    try:
        found = reach.look_up(host)
    except socket.gaierror:
        return
    assert found
    assert not any(Reach().allows(host, address) for address in found)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_open(address: str) -> None:
    assert Reach().allows("imap.example.com", address)


def test_an_answer_with_one_good_and_one_bad_address_uses_the_good_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []

    def call(address: object, _seconds: float) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", call)
    with pytest.raises(ConnectionRefusedError):
        reach.connect("x.example", 993, 5, Reach(), lambda _: ["127.0.0.1", "8.8.8.8", "10.1.1.1"])
    assert tried == [("8.8.8.8", 993)]


def test_a_name_server_that_changes_its_mind_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: good while it is checked, bad while it is used."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    tried: list[object] = []

    def call(address: object, _seconds: float) -> socket.socket:
        tried.append(address)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", call)
    with pytest.raises(TimeoutError):
        reach.connect("rebind.example", 993, 5, Reach(), lambda _: next(answers))
    assert tried == [("8.8.8.8", 993)]


def test_a_public_address_of_this_machine_itself_is_no_way_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert reach._source(ipaddress.ip_address("127.0.0.1")) == "127.0.0.1"
    monkeypatch.setattr(reach, "_source", lambda address: "8.8.8.8")
    monkeypatch.setattr(socket, "create_connection", _nobody_calls)
    with pytest.raises(OutOfReach):
        reach.connect("x.example", 993, 5, Reach(), lambda _: ["8.8.8.8", "::ffff:8.8.8.8"])
    assert Reach().allows("x", "8.8.4.4")
    assert Reach.of(["8.8.8.8"]).allows("x", "8.8.8.8")


def test_where_the_connection_ends_is_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the kernel or a proxy of the machine made of the address."""
    with scripted() as server:
        inside = socket.create_connection(("127.0.0.1", server.port))
        monkeypatch.setattr(socket, "create_connection", lambda *_: inside)
        with pytest.raises(OutOfReach):
            reach.connect("x.example", 993, 5, Reach(), lambda _: ["8.8.8.8"])
        assert inside.fileno() == -1


def test_an_administrator_opens_networks_addresses_and_names() -> None:
    allowed = Reach.of(["10.1.0.0/16", "fd00::/8", "192.168.1.7", "mail.firma.lan"])
    assert allowed.allows("x", "10.1.2.3")
    assert allowed.allows("x", "fd00::1")
    assert allowed.allows("x", "192.168.1.7")
    assert allowed.allows("Mail.Firma.lan.", "172.16.0.9")
    assert not allowed.allows("x", "10.2.0.1")
    assert not allowed.allows("notmail.firma.lan", "172.16.0.9")
    assert Reach.of(["yes"]).allows("x", "127.0.0.1")
    assert not Reach.of(["no"]).allows("x", "127.0.0.1")


@pytest.mark.parametrize("word", ["10.0.0.0/99", "300.1.1.1/8", "http://x", ":::"])
def test_a_setting_that_is_none_fails_loudly(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_PRIVATE_HOSTS", word)
    with pytest.raises(ImproperlyConfigured, match="ALLOW_PRIVATE_HOSTS"):
        env.reach("ALLOW_PRIVATE_HOSTS")


def test_a_mail_server_inside_is_refused_before_anything_is_said() -> None:
    with scripted() as server:
        inside = Server("127.0.0.1", server.port, "plain")
        with pytest.raises(HostNotAllowed) as caught:
            Connection.open(inside, ANNA)
        assert server.connections == 0
        Connection.open(server.server, ANNA).close()
    assert LOOPBACK.networks == (ipaddress.ip_network("127.0.0.1"),)
    assert "inside a private network" in str(problems.explain(caught.value.code).sentence)


def _nobody_calls(address: object, *_: object) -> socket.socket:
    raise AssertionError(f"connected to {address}")
