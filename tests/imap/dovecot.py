"""A real Dovecot for a whole run of the tests, with a new user for each test that asks for one."""

from __future__ import annotations

import datetime as dt
import imaplib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

import pytest

from crm_inbox.local.dovecot import Dovecot
from crm_inbox.local.processes import wait_until
from sync.reach import Reach
from sync.wire import Credentials, Server, encode_name

PASSWORD = "zażółć gęślą jaźń"
# Users there from the start: Dovecot looks for new ones at most once a second.
_POOL = 200
_NOTICED_SECONDS = 60


@dataclass(frozen=True)
class Person:
    """Somebody with a mailbox on a server."""

    dovecot: Dovecot
    name: str
    password: str = PASSWORD

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.name, self.password)

    def server(self, security: Literal["tls", "starttls", "plain"] = "plain") -> Server:
        """The server as it is, but for its certificate, which nobody knows."""
        port = self.dovecot.tls_port if security == "tls" else self.dovecot.port
        return Server(
            *(self.dovecot.host, port, security),
            reach=Reach.of([self.dovecot.host]),
            verify_certificate=False,
        )

    @contextmanager
    def client(self, folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """Another mail program, which can write; `folder` selected, as people name it."""
        client = imaplib.IMAP4(self.dovecot.host, self.dovecot.port)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{self.name}\0{self.password}".encode())
            if folder is not None:
                _ok(client.select(quoted(folder)))
            yield client
        finally:
            client.shutdown()

    def append(
        self,
        raw: bytes,
        folder: str = "INBOX",
        date: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> int:
        """Append over IMAP, into a folder that may be new; the UID. `date` is aware, or now."""
        when = imaplib.Time2Internaldate(date or dt.datetime.now(dt.UTC))
        with self.client() as client:
            client.create(quoted(folder))
            # imaplib turns bare line ends into CR LF: raw oddities are delivered as files instead.
            said = _ok(client.append(quoted(folder), " ".join(flags) or None, when, raw))
        return int(said.partition(b"]")[0].split()[-1])

    def folder(self, name: str) -> None:
        """Make a folder, named as people see it."""
        with self.client() as client:
            _ok(client.create(quoted(name)))

    def command(self, uids: str, *words: str, folder: str = "INBOX") -> None:
        """A UID command: `command("3", "STORE", "+FLAGS", "(\\Seen)")`, `("3", "MOVE", "Work")`."""
        verb, *rest = words
        with self.client(folder) as client:
            _ok(client.uid(verb, uids, *rest))

    def delete(self, uids: str, folder: str = "INBOX") -> None:
        with self.client(folder) as client:
            _ok(client.uid("STORE", uids, "+FLAGS", r"(\Deleted)"))
            _ok(client.uid("EXPUNGE", uids))

    def uids(self, folder: str = "INBOX") -> list[int]:
        with self.client(folder) as client:
            return [int(uid) for uid in _ok(client.uid("SEARCH", "ALL")).split()]


class People:
    """New users of a server."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self._numbers = count(1)
        for number in range(1, _POOL + 1):
            dovecot.add_user(f"user{number}", PASSWORD)

    def new(self, password: str = PASSWORD) -> Person:
        """At once with the usual password; with another one within a second or two."""
        number = next(self._numbers)
        person = Person(self.dovecot, f"user{number}")
        if password != PASSWORD or number > _POOL:
            self.dovecot.add_user(person.name, password)
            person = replace(person, password=password)
            assert wait_until(lambda: _is_known(person), _NOTICED_SECONDS)
        return person


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    server = Dovecot(tmp_path_factory.mktemp("people"), tls=True)
    people = People(server)
    with server:
        yield people


@pytest.fixture
def person(people: People) -> Person:
    """Somebody new, with an empty mailbox."""
    return people.new()


def quoted(folder: str) -> str:
    """A folder's name as imaplib wants it."""
    name = encode_name(folder).decode().replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _is_known(person: Person) -> bool:
    try:
        with person.client():
            return True
    except imaplib.IMAP4.error:
        return False


def _ok(answer: tuple[str, list[bytes] | list[bytes | None]]) -> bytes:
    status, said = answer
    assert status == "OK", said
    return said[0] or b""
