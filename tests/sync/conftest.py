"""A Dovecot for all tests of the engine, and a new mailbox on it for each."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from crm_inbox.local.dovecot import Dovecot
from tests.sync.mailbox import PASSWORD, Mailbox

_numbers = count(1)


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    folder: Path = tmp_path_factory.mktemp("dovecot")
    server = Dovecot(folder)
    # Dovecot reads its users at most once a second, so they are all there from the start.
    for number in range(1, 201):
        server.add_user(f"person{number}", PASSWORD)
    with server:
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot, transactional_db: None) -> Mailbox:
    return Mailbox(dovecot, f"person{next(_numbers)}")
