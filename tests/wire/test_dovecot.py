"""The whole client against a real Dovecot."""

from datetime import UTC, datetime

import pytest

from sync.wire import Connection
from tests.imap.dovecot import Person

pytestmark = pytest.mark.needs("dovecot")


def test_it_lists(person: Person) -> None:
    uid = person.append(b"Subject: a\r\n\r\nb\r\n", date=datetime(2026, 3, 1, 12, tzinfo=UTC))
    with Connection.open(person.server("tls"), person.credentials) as connection:
        connection.examine(b"INBOX")
        assert [(one.uid, one.internaldate) for one in connection.listing((1, None))] == [
            (uid, datetime(2026, 3, 1, 12, tzinfo=UTC))
        ]
