"""Mail of which only a part can be read: told as failed, here all the same, and read later."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from sync import attachments, deleting, leaving, marking, mending, picking, problems
from sync.arrival import Arrival
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run, Thread, ThreadFolder
from sync.parse import Unread
from sync.reading import Reader
from sync.reasons import Facts, Why, why
from sync.rows import MessageRows
from tests.sync.mailbox import Mailbox, connected, dump
from tests.sync.test_engine import renumber
from tests.sync.test_explaining import only

pytestmark = pytest.mark.needs("dovecot")
# In no conversation but its own, whatever happens to it.
ALONE = (
    b"From: Jan <jan@firma.example>\r\nTo: me@crm.example\r\nSubject: Letter bad\r\n"
    b"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nText of bad\r\n"
)


def end_on(monkeypatch: pytest.MonkeyPatch, is_bad: Callable[[bytes], object]) -> None:
    """The reading process ends on some letters, until this is undone."""
    honest = Reader._ask

    def ask(self: Reader, letters: Sequence[Unread]) -> list[MessageRows]:
        if any(is_bad(one.raw) for one in letters):
            raise EOFError
        return honest(self, letters)

    monkeypatch.setattr(Reader, "_ask", ask)


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    end_on(monkeypatch, lambda raw: b"Text of bad" in raw)
    return monkeypatch


@pytest.fixture
def damaged(mailbox: Mailbox, fragile: pytest.MonkeyPatch) -> Mailbox:
    """Synced with that letter in two folders."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("first")
    mailbox.deliver("bad", references="<first@mail.example>")
    mailbox.deliver("bad", "Work")
    mailbox.first_sync()
    return mailbox


def bad() -> Message:
    return Message.objects.get(subject="Letter bad")


def try_again(mailbox: Mailbox) -> None:
    failed = LedgerEntry.objects.filter(
        folder__account=mailbox.account, state=LedgerEntry.State.FAILED, expunged_at=None
    )
    places = failed.values_list("folder", "uidvalidity", "uid")
    wanted = [(folder, uidvalidity, [uid]) for folder, uidvalidity, uid in places]
    picking.pick(mailbox.account, wanted, Coverage.Scope.EVERYONE)
    mailbox.sync()


def stop_while_trying(mailbox: Mailbox) -> None:
    """As a crash between the listing of another try and its draining leaves it."""
    run = mailbox.account.runs.create(
        kind=Run.Kind.PICKED, state=Run.State.CANCELLED, listed_at=timezone.now(), picked=[]
    )
    failed = LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED)
    failed.update(state=LedgerEntry.State.LISTED, problem="", run=run)


def test_what_can_be_read_only_in_part_has_failed_and_is_here(damaged: Mailbox) -> None:
    assert damaged.ledger() == {1: "stored", 2: "failed"}
    assert damaged.ledger("Work") == {1: "failed"}
    failed = LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED)
    assert set(failed.values_list("problem", "tries", "message__pk")) == {
        ("message_damaged", 1, bad().pk)
    }
    assert "damaged" in str(problems.explain("message_damaged").sentence)
    assert damaged.letters == ["bad", "first"]
    assert bad().quality == Message.Quality.STUB
    assert b"Text of bad" in attachments.original_source(bad())
    labels = ThreadFolder.objects.filter(thread=bad().thread)
    assert set(labels.values_list("folder__name", flat=True)) == {"INBOX", "Work"}


def test_it_says_why(damaged: Mailbox) -> None:
    found = only(damaged, "bad@mail.example")
    assert (found.why, found.problem) == (Why.FAILED, "message_damaged")
    assert found.thread == bad().thread_id
    Thread.objects.update(state=Thread.State.TRASHED)
    assert only(damaged, "bad@mail.example").why == Why.TRASHED
    assert why(Facts(message="failed", row="left_out", reason="label")) == Why.FAILED


def test_a_later_copy_of_it_has_failed_too(damaged: Mailbox) -> None:
    damaged.command("bad", "COPY", "Sent")
    damaged.sync()
    assert damaged.ledger("Sent") == {1: "failed"}
    try_again(damaged)
    assert damaged.ledger("Sent") == damaged.ledger("Work") == {1: "failed"}
    failed = LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED)
    assert set(failed.values_list("tries", flat=True)) == {1}


def test_it_is_read_once_it_can_be(damaged: Mailbox, fragile: pytest.MonkeyPatch) -> None:
    number = bad().pk
    fragile.undo()
    try_again(damaged)
    assert bad().pk == number
    assert damaged.ledger() == {1: "stored", 2: "stored"}
    assert damaged.ledger("Work") == {1: "stored"}
    mended = dump(damaged.account) | {"coverage": []}
    # Nothing tells it from a mailbox on which nothing ever failed.
    damaged.account.delete()
    damaged.account = connected(damaged.dovecot.host, damaged.dovecot.port, damaged.name)
    damaged.first_sync()
    assert dump(damaged.account) | {"coverage": []} == mended


def test_a_later_copy_mends_it_and_moves_nothing(
    damaged: Mailbox, fragile: pytest.MonkeyPatch
) -> None:
    Thread.objects.update(state=Thread.State.ARCHIVED)
    before = bad()
    fragile.undo()
    damaged.deliver("bad", "Sent", days=0.1)
    damaged.sync()
    assert damaged.ledger() == {1: "stored", 2: "stored"}
    assert damaged.ledger("Work") == damaged.ledger("Sent") == {1: "stored"}
    after = bad()
    assert (after.quality, after.snippet) == ("good", "Text of bad")
    assert (after.arrived_at, after.direction) == (before.arrived_at, "received")
    assert after.thread.state == Thread.State.ARCHIVED


def test_what_was_read_here_stays_read(damaged: Mailbox, fragile: pytest.MonkeyPatch) -> None:
    marking.mark(damaged.account.owner, Thread.objects.all(), seen=True)
    fragile.undo()
    try_again(damaged)
    assert (bad().quality, bad().thread.unread_count) == ("good", 0)


def test_it_keeps_its_conversation_though_nothing_names_it(
    mailbox: Mailbox, fragile: pytest.MonkeyPatch
) -> None:
    mailbox.deliver("bad", raw=ALONE)
    mailbox.first_sync()
    thread = bad().thread_id
    Thread.objects.update(state=Thread.State.ARCHIVED)
    fragile.undo()
    try_again(mailbox)
    assert (bad().quality, bad().thread_id) == ("good", thread)
    assert list(Thread.objects.values_list("state", "message_count")) == [("archived", 1)]


def test_what_is_deleted_for_good_is_not_mended(
    damaged: Mailbox, fragile: pytest.MonkeyPatch
) -> None:
    Thread.objects.update(state=Thread.State.TRASHED, trashed_at=timezone.now())
    deleting.delete_for_good(damaged.account.owner, Thread.objects.all())
    fragile.undo()
    try_again(damaged)
    while not deleting.catch_up(1):
        pass
    assert damaged.letters == []
    assert damaged.ledger("Work") == {1: "deleted"}
    damaged.command("bad", "COPY", "Sent")
    damaged.sync()
    assert damaged.letters == []
    assert damaged.ledger("Sent") == {1: "deleted"}


@pytest.mark.timeout(90)
def test_nobody_waits_in_a_ring(damaged: Mailbox, fragile: pytest.MonkeyPatch) -> None:
    fragile.undo()
    held, begun, errors = threading.Event(), threading.Event(), list[Exception]()
    honest = mending.mend

    def mark() -> None:
        """As people do it: first the conversation, then its messages."""
        try:
            with transaction.atomic():
                begun.wait(30)
                list(Thread.objects.order_by("pk").select_for_update(no_key=True))
                held.set()
                time.sleep(0.5)
                marking.mark(damaged.account.owner, Thread.objects.all(), seen=True)
        except Exception as error:  # noqa: BLE001 (told below)
            errors.append(error)
        connection.close()

    def mend(account: Account, arrivals: Mapping[int, Arrival]) -> None:
        begun.set()
        held.wait(30)
        honest(account, arrivals)

    fragile.setattr(mending, "mend", mend)
    other = threading.Thread(target=mark)
    other.start()
    try_again(damaged)
    other.join(30)
    assert errors == []
    assert (bad().quality, bad().seen) == ("good", True)


def test_what_leaves_the_server_while_it_is_tried_again_has_left(damaged: Mailbox) -> None:
    stop_while_trying(damaged)
    damaged.delete("bad")
    damaged.delete("bad", "Work")
    renumber(damaged)
    damaged.sync()
    damaged.sync()
    assert bad().left_server_at is not None


def test_so_has_what_lay_in_folders_that_are_gone(damaged: Mailbox) -> None:
    stop_while_trying(damaged)
    Folder.objects.update(missing_since=timezone.now() - timedelta(hours=2))
    with transaction.atomic():
        leaving.let_go(damaged.account)
    assert bad().left_server_at is not None


def test_the_migration_tells_what_was_called_stored(damaged: Mailbox) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate([("sync", "0024_allowance")])
        assert damaged.ledger() == {1: "stored", 2: "stored"}
    finally:
        MigrationExecutor(connection).migrate(newest)
    assert damaged.ledger() == {1: "stored", 2: "failed"}
    assert ThreadFolder.objects.filter(folder__name="Work").exists()
    damaged.command("bad", "COPY", "Sent")
    damaged.sync()
    assert ThreadFolder.objects.filter(folder__name="Sent").exists()
