"""The whole client against a real Dovecot."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest

from sync.wire import (
    AuthenticationRefused,
    CertificateRejected,
    Connection,
    FolderMissing,
    MessageMissing,
)
from tests.imap.dovecot import Person

pytestmark = pytest.mark.needs("dovecot")
RAW = b"From: Ewa <ewa@klient.example>\r\nSubject: a\r\n\r\nb\r\n"
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
Security = Literal["tls", "starttls", "plain"]


@pytest.fixture
def connection(person: Person) -> Iterator[Connection]:
    with Connection.open(person.server(), person.credentials) as connection:
        yield connection


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_it_lists_over_every_kind_of_connection(person: Person, security: Security) -> None:
    uid = person.append(RAW, date=MARCH)
    with Connection.open(person.server(security), person.credentials) as connection:
        connection.examine(b"INBOX")
        listed = [(one.uid, one.internaldate, one.size) for one in connection.listing((1, None))]
        assert listed == [(uid, MARCH, len(RAW))]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_knows_is_refused(person: Person, security: Security) -> None:
    strict = replace(person.server(security), verify_certificate=True)
    with pytest.raises(CertificateRejected):
        Connection.open(strict, person.credentials)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_is_trusted_is_taken(
    person: Person, security: Security, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(person.dovecot.certificate))
    strict = replace(person.server(security), verify_certificate=True)
    with Connection.open(strict, person.credentials) as connection:
        connection.noop()


def test_a_wrong_password_is_refused(person: Person) -> None:
    wrong = replace(person.credentials, secret="zażółć gęślą jaśń")
    with pytest.raises(AuthenticationRefused):
        Connection.open(person.server(), wrong)


def test_folders_are_known_by_their_bytes_and_shown_by_their_names(
    person: Person, connection: Connection
) -> None:
    person.folder("Klienci/Żółw & syn")
    found = {folder.name: folder for folder in connection.folders()}
    assert found["Klienci/Żółw & syn"].raw_name == b"Klienci/&AXsA8wFC-w &- syn"
    assert found["Sent"].special_use == "\\Sent"
    assert connection.examine(found["Klienci/Żółw & syn"].raw_name).messages == 0


def test_a_folder_that_is_not_there_is_missing(connection: Connection) -> None:
    with pytest.raises(FolderMissing):
        connection.examine(b"Nowhere")
    with pytest.raises(FolderMissing):
        connection.status(b"Nowhere")


def test_status_and_search_tell_what_is_there(person: Person, connection: Connection) -> None:
    first, second = (person.append(RAW, date=MARCH, flags=flags) for flags in ((), ("\\Seen",)))
    told = connection.status(b"INBOX")
    assert (told.messages, told.uidnext) == (2, second + 1)
    opened = connection.examine(b"INBOX")
    assert (opened.messages, opened.uidnext) == (2, second + 1)
    assert opened.uidvalidity == told.uidvalidity
    assert connection.search_uids("UNSEEN") == [first]
    assert connection.search_uids("ALL", (second, None)) == [second]


def test_nothing_that_is_read_becomes_seen(person: Person, connection: Connection) -> None:
    small, large = person.append(RAW), person.append(_with_file())
    connection.examine(b"INBOX")
    sizes = [(one.uid, one.size) for one in connection.metadata([small, large])]
    fetched = {one.uid: one for one in connection.bodies(sizes)}
    assert fetched[small].raw == connection.raw(small) == RAW
    parts = fetched[large].parts
    assert parts is not None
    assert [text.data for text in parts.texts] == [b"Please find it attached."]
    assert [file.name for file in parts.attachments] == ["plan.pdf"]
    assert connection.part(large, "2").startswith(b"QUJD")
    assert [one.flags - {"\\Recent"} for one in connection.flags([(1, None)])] == [frozenset()] * 2


def test_what_is_gone_is_missing_and_costs_the_others_nothing(
    person: Person, connection: Connection
) -> None:
    gone, here = person.append(RAW), person.append(RAW)
    person.delete(str(gone))
    connection.examine(b"INBOX")
    assert {one.uid: one.missing for one in connection.metadata([gone, here, 9_999])} == {
        gone: True,
        here: False,
        9_999: True,
    }
    with pytest.raises(MessageMissing):
        connection.raw(gone)


def test_changes_since_a_moment_are_told_by_modseq(person: Person, connection: Connection) -> None:
    touched, _ = person.append(RAW), person.append(RAW)
    before = connection.examine(b"INBOX").highestmodseq
    assert before is not None
    person.command(str(touched), "STORE", "+FLAGS", "(\\Flagged)")
    connection.noop()
    (changed,) = connection.changed_since(before)
    assert changed.uid == touched
    assert "\\Flagged" in changed.flags


def _with_file() -> bytes:
    file = b"QUJD" * 19 + b"\r\n"
    return (
        b"Subject: large\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease find it attached.\r\n"
        b'--x\r\nContent-Type: application/pdf; name="plan.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="plan.pdf"\r\n\r\n'
        + file * 8_000
        + b"--x--\r\n"
    )
