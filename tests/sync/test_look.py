"""A look for new mail costs the same whatever lies about in the mailbox."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")


def test_it_asks_the_database_no_more_of_more_folders(mailbox: Mailbox) -> None:
    mailbox.first_sync()
    mailbox.sync()
    few = statements(mailbox)
    for number in range(12):
        mailbox.dovecot.add_folder(mailbox.name, f"Folder{number}")
    mailbox.sync()
    mailbox.sync()
    assert statements(mailbox) == few


def statements(mailbox: Mailbox) -> int:
    with CaptureQueriesContext(connection) as queries:
        mailbox.sync()
    return len(queries)
