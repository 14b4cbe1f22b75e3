"""Mail of which only a part can be read: told as failed, here all the same, and read later."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sync import attachments, deleting, picking, problems
from sync.models import Coverage, LedgerEntry, Message
from sync.parse import Unread
from sync.reading import Reader
from sync.reasons import Why
from sync.rows import MessageRows
from tests.sync.mailbox import Mailbox, connected, dump
from tests.sync.test_explaining import only

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def damaged(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Synced with a letter, in two folders, on which the reading process ends."""
    honest = Reader._ask

    def fragile(self: Reader, letters: Sequence[Unread]) -> list[MessageRows]:
        if any(b"Text of bad" in one.raw for one in letters):
            raise EOFError
        return honest(self, letters)

    monkeypatch.setattr(Reader, "_ask", fragile)
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("first")
    mailbox.deliver("bad", references="<first@mail.example>")
    mailbox.deliver("bad", "Work")
    mailbox.first_sync()
    return mailbox


def try_again(mailbox: Mailbox) -> None:
    failed = LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED)
    places = failed.values_list("folder", "uidvalidity", "uid")
    wanted = [(folder, uidvalidity, [uid]) for folder, uidvalidity, uid in places]
    picking.pick(mailbox.account, wanted, Coverage.Scope.EVERYONE)
    mailbox.sync()


def test_what_can_be_read_only_in_part_has_failed_and_is_here(damaged: Mailbox) -> None:
    assert damaged.ledger() == {1: "stored", 2: "failed"}
    assert damaged.ledger("Work") == {1: "failed"}
    failed = LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED)
    assert set(failed.values_list("problem", "message__subject")) == {
        ("message_damaged", "Letter bad")
    }
    assert "damaged" in str(problems.explain("message_damaged").sentence)
    assert damaged.letters == ["bad", "first"]
    message = Message.objects.get(subject="Letter bad")
    assert message.quality == Message.Quality.STUB
    assert b"Text of bad" in attachments.original_source(message)
    found = only(damaged, "bad@mail.example")
    assert (found.why, found.problem, found.thread) == (
        *(Why.FAILED, "message_damaged"),
        message.thread_id,
    )


def test_a_later_copy_of_it_has_failed_too(damaged: Mailbox) -> None:
    damaged.command("bad", "COPY", "Sent")
    damaged.sync()
    assert damaged.ledger("Sent") == {1: "failed"}
    try_again(damaged)
    assert damaged.ledger("Sent") == damaged.ledger("Work") == {1: "failed"}


def test_it_is_read_once_it_can_be(damaged: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    number = Message.objects.get(subject="Letter bad").pk
    monkeypatch.undo()
    try_again(damaged)
    assert Message.objects.get(subject="Letter bad").pk == number
    assert damaged.ledger() == {1: "stored", 2: "stored"}
    assert damaged.ledger("Work") == {1: "stored"}
    mended = dump(damaged.account) | {"coverage": []}
    # Nothing tells it from a mailbox on which nothing ever failed.
    damaged.account.delete()
    damaged.account = connected(damaged.dovecot.host, damaged.dovecot.port, damaged.name)
    damaged.first_sync()
    assert dump(damaged.account) | {"coverage": []} == mended


def test_one_copy_that_is_read_mends_all(damaged: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    damaged.command("bad", "COPY", "Sent")
    damaged.sync()
    assert damaged.ledger() == {1: "stored", 2: "stored"}
    assert damaged.ledger("Work") == damaged.ledger("Sent") == {1: "stored"}


def test_once_deleted_it_is_deleted(damaged: Mailbox) -> None:
    deleting.bury([Message.objects.get(subject="Letter bad").pk])
    assert damaged.ledger() == {1: "stored", 2: "deleted"}
    assert damaged.ledger("Work") == {1: "deleted"}
    damaged.sync()
    assert damaged.letters == ["first"]


def test_the_migration_tells_what_was_called_stored(damaged: Mailbox) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([("sync", "0024_allowance")])
        assert damaged.ledger() == {1: "stored", 2: "stored"}
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert damaged.ledger() == {1: "stored", 2: "failed"}
