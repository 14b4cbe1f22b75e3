"""What real servers do at the door beside the book; a password goes nowhere that it should not."""

from __future__ import annotations

import base64
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sync.wire import (
    AuthenticationRefused,
    Connection,
    LoginDisabled,
    PlaintextRefused,
    ProtocolError,
    StarttlsUnavailable,
    channel,
)
from tests.imap.scripted_server import ANNA, Rule, Talk, scripted


def test_a_password_of_any_unicode_arrives_whole(slowly: bool) -> None:
    with scripted(slowly=slowly) as server:
        Connection.open(server.server, ANNA).close()
    said = next(line for line in server.asked if line.startswith("AUTHENTICATE PLAIN"))
    assert base64.b64decode(said.split()[-1]).decode() == f"\0anna\0{ANNA.secret}"


def test_a_server_that_wants_id_first_gets_it(slowly: bool) -> None:
    offered = b"* CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR\r\n{tag} OK done\r\n"
    rules: tuple[Rule, ...] = (("CAPABILITY", offered), ("ID", b"* ID NIL\r\n{tag} OK done\r\n"))
    with scripted(*rules, slowly=slowly) as server:
        Connection.open(server.server, ANNA).close()
    verbs = [line.split()[0] for line in server.asked]
    assert verbs.index("ID") < verbs.index("AUTHENTICATE")


def test_a_server_that_knows_us_already_is_believed() -> None:
    with scripted(greeting=b"* PREAUTH welcome\r\n") as server:
        Connection.open(server.server, ANNA).close()
    assert not any(line.startswith(("LOGIN", "AUTH")) for line in server.asked)


@pytest.mark.parametrize("verb", ["AUTHENTICATE", "EXAMINE"])
def test_an_answer_without_end_fills_no_memory(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "ANSWER_LIMIT", 100_000)

    def never_ends(talk: Talk) -> None:
        for _ in range(1000):
            talk.say(b"* OK still there\r\n")

    with (
        scripted((verb, never_ends)) as server,
        pytest.raises(ProtocolError, match="no end"),
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")


def test_logindisabled_sends_no_password() -> None:
    offered = b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK done\r\n"
    with scripted(("CAPABILITY", offered)) as server, pytest.raises(LoginDisabled):
        Connection.open(server.server, ANNA)
    assert not any(line.startswith(("LOGIN", "AUTH")) for line in server.asked)


def test_starttls_that_somebody_hides_never_falls_back_to_plain_text() -> None:
    with scripted() as server, pytest.raises(StarttlsUnavailable):
        Connection.open(replace(server.server, security="starttls"), ANNA)
    assert not any(line.startswith(("LOGIN", "AUTH")) for line in server.asked)


def test_plain_text_goes_nowhere_but_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sync.wire.dial.ipaddress", SimpleNamespace(ip_address=lambda _: _Elsewhere())
    )
    with scripted() as server, pytest.raises(PlaintextRefused):
        Connection.open(server.server, ANNA)
    assert not any(line.startswith(("LOGIN", "AUTH")) for line in server.asked)


class _Elsewhere:
    is_loopback = False
    ipv4_mapped = None


def test_a_refused_password_is_named(slowly: bool) -> None:
    refusal = b"{tag} NO [AUTHENTICATIONFAILED] no\r\n"
    with (
        scripted(("AUTHENTICATE", refusal), ("LOGIN", refusal), slowly=slowly) as server,
        pytest.raises(AuthenticationRefused),
    ):
        Connection.open(server.server, ANNA)
