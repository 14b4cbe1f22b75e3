"""What is here is never fetched again, wherever it goes at the server."""

from collections.abc import Iterable, Iterator

import pytest

from sync.deleting import bury
from sync.models import Message
from sync.wire import Connection, Fetched
from tests.sync.mailbox import Mailbox
from tests.sync.test_engine import renumber

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """UIDs whose content was asked for."""
    asked: list[int] = []
    real = Connection.bodies

    def and_note(self: Connection, items: Iterable[tuple[int, int]]) -> Iterator[Fetched]:
        def noted() -> Iterator[tuple[int, int]]:
            for uid, size in items:
                asked.append(uid)
                yield uid, size

        return real(self, noted())

    monkeypatch.setattr(Connection, "bodies", and_note)
    return asked


@pytest.fixture
def synced(mailbox: Mailbox, fetched: list[int]) -> Mailbox:
    """With a letter, and one that was deleted in the CRM."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("here")
    mailbox.deliver("deleted")
    mailbox.first_sync()
    bury([Message.objects.get(message_id="deleted@mail.example").pk])
    assert sorted(fetched) == [1, 2]
    fetched.clear()
    return mailbox


@pytest.mark.parametrize("name", ["here", "deleted"])
@pytest.mark.parametrize("verb", ["MOVE", "COPY"])
def test_a_move_and_a_copy_cost_no_body(
    synced: Mailbox, fetched: list[int], verb: str, name: str
) -> None:
    synced.command(name, verb, "Work")
    synced.sync()
    wanted = {"here": "stored", "deleted": "deleted"}[name]
    assert list(synced.ledger("Work").values()) == [wanted]
    assert fetched == []


def test_new_numbers_cost_no_body_but_those_of_new_mail(
    synced: Mailbox, fetched: list[int]
) -> None:
    renumber(synced)
    synced.deliver("new", days=0)
    synced.sync()
    assert synced.letters == ["here", "new"]
    assert fetched == [int(synced.uid_of("new"))]


def test_a_label_that_is_chosen_costs_no_body_of_what_is_here(
    synced: Mailbox, fetched: list[int]
) -> None:
    synced.command("here", "COPY", "Work")
    synced.deliver("work", "Work")
    synced.labels("Work")
    synced.sync()
    assert sorted(synced.ledger("Work").values()) == ["stored", "stored"]
    assert fetched == [int(synced.uid_of("work", "Work"))]
