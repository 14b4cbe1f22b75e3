"""IDLE: what is news, what is not, and how it ends."""

from __future__ import annotations

import select
from collections.abc import Callable

import pytest

from sync.wire import CommandRefused, Connection, ConnectionLost, Credentials, Idle
from tests.imap.dovecot import Person
from tests.imap.scripted_server import Rule, Talk, scripted

ME = Credentials("anna", "secret")
OPENED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n{tag} OK [READ-ONLY] opened\r\n"


def idle(*said: bytes, refused: bool = False) -> tuple[Rule, ...]:
    """A server that says these things one after another once it idles."""

    def answer(talk: Talk) -> None:
        if refused:
            talk.say(b"{tag} NO not today\r\n")
            return
        talk.say(b"+ idling\r\n")
        for piece in said:
            talk.say(piece)

    # DONE has no tag: the scripted server takes the word for one.
    return (("EXAMINE", OPENED), ("IDLE", answer), ("$", b"C4 OK done\r\n"))


def within(waiting: Idle, reached: Callable[[], bool]) -> bool:
    """Whether that becomes true with what the server says in the next seconds."""
    while not reached():
        if not select.select([waiting], [], [], 60)[0]:
            return False
    return True


@pytest.mark.parametrize(
    "said", [b"* 4 EXISTS\r\n", b"* 2 EXPUNGE\r\n", b"* 1 FETCH (FLAGS (\\Seen))\r\n"]
)
def test_it_hears_what_changed(said: bytes) -> None:
    with scripted(*idle(said)) as server, Connection.open(server.server, ME) as connection:
        connection.examine(b"INBOX")
        waiting = connection.idle()
        assert within(waiting, waiting.news)
        assert not waiting.news()


def test_what_is_known_and_what_is_only_said_is_no_news() -> None:
    chatter = b"* 3 EXISTS\r\n* 0 RECENT\r\n* OK Still here\r\n"
    with scripted(*idle(chatter)) as server, Connection.open(server.server, ME) as connection:
        connection.examine(b"INBOX")
        waiting = connection.idle()
        select.select([waiting], [], [], 0.5)
        assert not waiting.news()
        assert not waiting.end()


def test_a_line_that_comes_in_pieces_is_read_once_it_is_whole() -> None:
    with (
        scripted(*idle(b"* 4 EXISTS\r\n"), slowly=True) as server,
        Connection.open(server.server, ME) as connection,
    ):
        connection.examine(b"INBOX")
        waiting = connection.idle()
        assert within(waiting, waiting.news)


def test_a_refusal_and_a_farewell_are_errors() -> None:
    with scripted(*idle(refused=True)) as server, Connection.open(server.server, ME) as connection:
        connection.examine(b"INBOX")
        with pytest.raises(CommandRefused):
            connection.idle()
    with scripted(*idle(b"* BYE time\r\n")) as server:
        connection = Connection.open(server.server, ME)
        connection.examine(b"INBOX")
        waiting = connection.idle()
        with pytest.raises(ConnectionLost):
            within(waiting, waiting.news)


@pytest.mark.needs("dovecot")
@pytest.mark.parametrize("security", ["plain", "tls", "starttls"])
def test_dovecot_tells_and_the_connection_is_free_again(person: Person, security: str) -> None:
    with Connection.open(person.server(security), person.credentials) as connection:  # type: ignore[arg-type]
        connection.examine(b"INBOX")
        waiting = connection.idle()
        person.append(b"Subject: one\r\n\r\n")
        assert within(waiting, waiting.news)
        person.append(b"Subject: two\r\n\r\n")
        assert within(waiting, waiting.news)
        waiting.end()
        assert connection.status(b"INBOX").messages == 2
