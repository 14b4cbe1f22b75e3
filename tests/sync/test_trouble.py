"""Trouble on the way: links that break, mail that changes while it is synced."""

from __future__ import annotations

import errno
import re
import subprocess
import threading
import time
from random import Random

import pytest
from django.db.models import F

from sync import draining, engine, reading
from sync.leases import LeaseLost
from sync.models import Account, Folder, LedgerEntry, Message
from tests.imap.cutting import cut_when
from tests.imap.dovecot import quoted
from tests.sync.mailbox import NOW, Mailbox, letter

pytestmark = pytest.mark.needs("dovecot")


def asks_for_body(line: str, uid: int) -> bool:
    """Is it a FETCH of this UID's content?"""
    found = re.match(r"\S+ UID FETCH (\S+) \(UID BODY\.PEEK\[\]\)", line)
    return found is not None and any(
        int(first) <= uid <= int(last or first)
        for first, _, last in (piece.partition(":") for piece in found[1].split(","))
    )


def test_a_message_that_breaks_every_connection_does_not_stop_the_others(
    mailbox: Mailbox,
) -> None:
    for number in range(1, 31):
        mailbox.deliver(f"n{number:02}", days=2 - number / 100)
    with cut_when(mailbox.dovecot.port, lambda line: asks_for_body(line, 7)) as port:
        Account.objects.update(port=port)
        mailbox.start()
        mailbox.sync()
    assert mailbox.ledger() == {uid: "failed" if uid == 7 else "stored" for uid in range(1, 31)}
    entry = LedgerEntry.objects.get(uid=7)
    assert (entry.problem, entry.tries) == ("connection_lost", 3)
    assert mailbox.account.first_sync_done_at is not None


def test_a_server_that_is_away_is_tried_again_later_and_nothing_is_lost(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.start()
    Account.objects.update(port=1)
    assert engine.work(mailbox.account.pk, "test", 10) is False
    account = Account.objects.get()
    assert (account.problem, account.failures, account.state) == ("connection_refused", 1, "active")
    assert account.retry_at is not None
    Account.objects.update(port=mailbox.dovecot.port)
    mailbox.sync()
    assert mailbox.letters == ["a"]


def test_where_no_mail_can_be_read_it_is_tried_again_later_and_nothing_is_lost(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    mailbox.deliver("a")
    mailbox.start()
    with monkeypatch.context() as crowded:
        crowded.setattr(reading, "_idle", [])
        crowded.setattr(subprocess, "Popen", refuse)
        assert engine.work(mailbox.account.pk, "test", 10) is False
    account = Account.objects.get()
    assert (account.problem, account.failures, account.state) == ("no_reader", 1, "active")
    assert account.retry_at is not None
    mailbox.sync()
    assert mailbox.letters == ["a"]
    assert set(mailbox.ledger().values()) == {"stored"}


def test_nobody_works_on_an_account_that_somebody_has(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.start()
    Account.objects.update(lease_until="2099-01-01T00:00:00Z", lease_holder="other", lease_epoch=7)
    assert engine.work(mailbox.account.pk, "test", 10) is False
    assert not Message.objects.exists()


def test_who_loses_the_account_in_the_middle_writes_nothing_more(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        mailbox.deliver(name)
    mailbox.start()
    step = draining.Drain.step

    def somebody_takes_it(drain: draining.Drain) -> bool:
        Account.objects.update(lease_holder="other", lease_epoch=F("lease_epoch") + 1)
        return step(drain)

    monkeypatch.setattr(draining.Drain, "step", somebody_takes_it)
    with pytest.raises(LeaseLost):
        engine.work(mailbox.account.pk, "test", 30)
    assert not Message.objects.exists()
    assert set(mailbox.ledger().values()) == {"listed"}
    assert Account.objects.get().lease_holder == "other"


def test_a_mistake_of_our_own_is_loud_and_gives_the_account_back(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.deliver("a")
    mailbox.start()
    with monkeypatch.context() as broken:
        broken.setattr(engine, "list_window", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            engine.work(mailbox.account.pk, "test", 30)
    account = Account.objects.get()
    assert (account.problem, account.lease_until) == ("", None)
    mailbox.sync()
    assert mailbox.letters == ["a"]


class Writer(threading.Thread):
    """Another mail program, busy in the mailbox."""

    def __init__(self, mailbox: Mailbox, name: str, stop: threading.Event) -> None:
        super().__init__(name=name)
        self._mailbox, self._stop_it, self._random = mailbox, stop, Random(name)
        self.failed: BaseException | None = None

    def run(self) -> None:
        number = 0
        try:
            while not self._stop_it.is_set():
                number += 1
                self._disturb(f"{self.name}{number}")
        except BaseException as error:  # noqa: BLE001
            self.failed = error

    def _disturb(self, name: str) -> None:
        with self._mailbox.open() as client:
            client.append("INBOX", "", f'"{NOW:%d-%b-%Y %H:%M:%S +0000}"', letter(name))
            client.select("INBOX")
            uids = client.uid("SEARCH", "ALL")[1][0].split()
            uid = self._random.choice(uids or [b"1"]).decode()
            match self._random.randrange(4):
                case 0:
                    client.uid("MOVE", uid, quoted("Work"))
                case 1:
                    client.uid("COPY", uid, quoted("Work"))
                case 2:
                    client.uid("STORE", uid, "+FLAGS", "(\\Seen)")
                case 3:
                    client.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
                    client.expunge()
        time.sleep(0.01)


def test_the_ledger_equals_the_server_after_two_writers_changed_it_meanwhile(
    mailbox: Mailbox,
) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    for number in range(150):
        mailbox.deliver(f"n{number}", days=number / 2 + 0.1)
    stop = threading.Event()
    writers = [Writer(mailbox, name, stop) for name in ("one", "two")]
    for writer in writers:
        writer.start()
    mailbox.first_sync()
    mailbox.past_sync(3)
    for _ in range(5):
        mailbox.sync()
    stop.set()
    for writer in writers:
        writer.join()
        assert writer.failed is None
    mailbox.sync()
    for folder in Folder.objects.filter(name__in=("INBOX", "Work")):
        entries = LedgerEntry.objects.filter(folder=folder, expunged_at=None)
        assert sorted(entries.values_list("uid", flat=True)) == mailbox.uids(folder.name)
        assert set(entries.values_list("state", flat=True)) <= {"stored"}
        assert sorted(entries.filter(seen=True).values_list("uid", flat=True)) == seen(
            mailbox, folder.name
        )
    here = set(LedgerEntry.objects.filter(expunged_at=None).values_list("message", flat=True))
    gone = set(Message.objects.exclude(left_server_at=None).values_list("pk", flat=True))
    assert gone == set(Message.objects.values_list("pk", flat=True)) - here


def seen(mailbox: Mailbox, folder: str) -> list[int]:
    with mailbox.open(folder) as client:
        return sorted(int(uid) for uid in client.uid("SEARCH", "SEEN")[1][0].split())
