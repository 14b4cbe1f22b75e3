"""Killed at any point and begun again, a sync ends where an undisturbed one does."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, Literal

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from sync import engine, runs
from sync.models import Account, Run
from sync.wire.channel import Channel
from tests.sync.mailbox import Mailbox, dump

pytestmark = pytest.mark.needs("dovecot")
Kind = Literal["before a commit", "after a commit", "before a command"]
# How many points of a kind are tried, evenly spread over the whole of a sync.
POINTS = 14


def fill(mailbox: Mailbox) -> None:
    """Sixty mails in three folders: copies, replies before their parents, all ages."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    for number in range(40):
        parent = f"<n{number + 3}@mail.example>" if number % 3 == 0 else ""
        flags = ("\\Seen",) if number % 2 else ()
        mailbox.deliver(f"n{number}", days=number * 12 + 0.1, references=parent, flags=flags)
    for number in range(0, 30, 3):
        mailbox.deliver(f"n{number}", "Work", days=number * 12 + 0.1)
    for number in range(10):
        reply = f"<n{number}@mail.example>"
        mailbox.deliver(
            f"sent{number}", "Sent", days=number * 8, sender="me@crm.example", references=reply
        )


def sync_everything(account: Account) -> None:
    """The first sync and a year of past mail, from wherever an earlier attempt ended."""
    runs.start_first_sync(account)
    while engine.work(account.pk, "test", 30):
        pass
    account.refresh_from_db()
    if not account.runs.filter(kind=Run.Kind.PAST).exists():
        runs.start_past_sync(account, 12, "everyone")
    while engine.work(account.pk, "test", 30):
        pass


def in_a_child(work: Callable[[], None]) -> int:
    """The status of a process that does it; SIGKILL is -9."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


class Counter:
    """Counts commits and commands of this process, and kills it at one of them."""

    def __init__(self, kind: Kind | None = None, at: int = 0) -> None:
        self.commits = self.commands = 0
        self._kind, self._at = kind, at
        self._commit, self._send = getattr(BaseDatabaseWrapper, "_commit"), Channel.send_line  # noqa: B009

    def count(self) -> None:
        counter = self

        def commit(wrapper: BaseDatabaseWrapper) -> Any:
            counter.commits += 1
            counter._die("before a commit", counter.commits)
            done = counter._commit(wrapper)
            counter._die("after a commit", counter.commits)
            return done

        def send_line(channel: Channel, line: bytes) -> None:
            counter.commands += 1
            counter._die("before a command", counter.commands)
            counter._send(channel, line)

        # Only in this process, which is a child's.
        setattr(BaseDatabaseWrapper, "_commit", commit)  # noqa: B010
        setattr(Channel, "send_line", send_line)  # noqa: B010

    def _die(self, kind: Kind, now: int) -> None:
        if kind == self._kind and now == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def totals(account: Account) -> tuple[int, int]:
    """How many commits and commands a whole sync takes, counted in a child."""
    reading, writing = os.pipe()

    def work() -> None:
        counter = Counter()
        counter.count()
        sync_everything(account)
        os.write(writing, f"{counter.commits} {counter.commands}".encode())

    assert in_a_child(work) == 0
    commits, commands = os.read(reading, 100).split()
    os.close(reading)
    os.close(writing)
    return int(commits), int(commands)


def anew(mailbox: Mailbox) -> None:
    """The same mailbox, connected for the first time."""
    account = mailbox.account
    Account.objects.filter(pk=account.pk).delete()
    account.pk, account.lease_until, account.checked_at = None, None, None
    account.first_sync_done_at, account.lease_holder = None, ""
    account._state.adding = True
    account.save()


@pytest.mark.timeout(240)
def test_killed_at_any_point_it_ends_where_an_undisturbed_sync_does(mailbox: Mailbox) -> None:
    fill(mailbox)
    commits, commands = totals(mailbox.account)
    undisturbed = dump(mailbox.account)
    assert len(undisturbed["messages"]) == 41
    kinds: list[tuple[Kind, int]] = [
        ("before a commit", commits),
        ("after a commit", commits),
        ("before a command", commands),
    ]
    for kind, total in kinds:
        for at in range(1, total + 1, max(1, total // POINTS)):
            anew(mailbox)

            def work(kind: Kind = kind, at: int = at) -> None:
                Counter(kind, at).count()
                sync_everything(mailbox.account)

            assert in_a_child(work) == -signal.SIGKILL, (kind, at)
            Account.objects.update(lease_until=None)
            sync_everything(mailbox.account)
            assert dump(mailbox.account) == undisturbed, (kind, at)
