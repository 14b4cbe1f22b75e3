"""Killed at any point and begun again, a sync ends where an undisturbed one does."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from contacts.models import Contact
from sync import engine, renumbering, runs
from sync.models import Account, Run
from sync.wire.channel import Channel
from tests.sync.mailbox import Mailbox, dump
from tests.sync.snapshot import snapshot
from tests.sync.test_engine import renumber

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.timeout(900)]
Kind = Literal["before a commit", "after a commit", "before a command"]
Dump = dict[str, list[tuple[object, ...]]]
# Of the commands every so many-th is tried, and the first of its kind.
STEP = 3


# --- What is interrupted: a mailbox up to the moment, and the work from then on


@dataclass(frozen=True)
class Story:
    prepare: Callable[[Mailbox], None]
    work: Callable[[Account], None]


def fill(mailbox: Mailbox) -> None:
    """Three folders: copies, replies before their parents, all ages."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    for number in range(12):
        parent = f"<n{number + 3}@mail.example>" if number % 3 == 0 else ""
        flags = ("\\Seen",) if number % 2 else ()
        mailbox.deliver(f"n{number}", days=number * 30 + 0.1, references=parent, flags=flags)
    for number in range(0, 9, 3):
        mailbox.deliver(f"n{number}", "Work", days=number * 30 + 0.1)
    for number in range(3):
        reply = f"<n{number}@mail.example>"
        mailbox.deliver(
            f"sent{number}",
            "Sent",
            days=number * 20,
            sender="me@crm.example",
            to="ewa@klient.example",
            references=reply,
        )


def fill_and_connect(mailbox: Mailbox) -> None:
    fill(mailbox)
    mailbox.start()


def fill_and_begin(mailbox: Mailbox) -> None:
    fill(mailbox)
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    mailbox.first_sync()


def change_much(mailbox: Mailbox) -> None:
    fill_and_begin(mailbox)
    mailbox.past_sync(12)
    mailbox.deliver("later", days=0, references="<n1@mail.example>")
    mailbox.deliver("moved-about", days=500)
    mailbox.command("n1", "MOVE", "Work")
    mailbox.command("n2", "COPY", "Work")
    mailbox.command("n4", "STORE", "+FLAGS", "(\\Seen)")
    mailbox.delete("n5")


def give_new_numbers(mailbox: Mailbox) -> None:
    fill_and_begin(mailbox)
    mailbox.past_sync(12)
    renumber(mailbox)
    mailbox.deliver("later", days=0)


def past(scope: Literal["everyone", "contacts"]) -> Callable[[Account], None]:
    def work(account: Account) -> None:
        if not account.runs.filter(kind=Run.Kind.PAST).exists():
            # Its first sync may have been done since.
            account.refresh_from_db()
            runs.start_past_sync(account, 12, scope)
        to_the_end(account)

    return work


def sync_everything(account: Account) -> None:
    """The first sync and a year of past emails."""
    runs.start_first_sync(account)
    to_the_end(account)
    account.refresh_from_db()
    past("everyone")(account)


def look(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(checked_at=None)
    to_the_end(account)


def to_the_end(account: Account) -> None:
    while engine.work(account.pk, "test", 30):
        pass


STORIES = {
    "first sync": Story(fill_and_connect, to_the_end),
    "past emails": Story(fill_and_begin, past("everyone")),
    "only contacts": Story(fill_and_begin, past("contacts")),
    "moves and deletes": Story(change_much, look),
    "renumbered": Story(give_new_numbers, look),
}


# --- Where it is interrupted


class Counter:
    """Counts commits and commands of this process, and kills it at one of them."""

    def __init__(self, kind: Kind | None = None, at: int = 0) -> None:
        self.commits = 0
        self.commands: list[str] = []
        self._kind, self._at = kind, at
        self._commit, self._send = getattr(BaseDatabaseWrapper, "_commit"), Channel.send_line  # noqa: B009

    def count(self) -> None:
        counter = self

        def commit(wrapper: BaseDatabaseWrapper) -> Any:
            counter.commits += 1
            number = counter.commits
            counter._die("before a commit", number)
            done = counter._commit(wrapper)
            counter._die("after a commit", number)
            return done

        def send_line(channel: Channel, line: bytes) -> None:
            counter.commands.append(_verb(line))
            counter._die("before a command", len(counter.commands))
            counter._send(channel, line)

        # Only in this process, which is a child's.
        setattr(BaseDatabaseWrapper, "_commit", commit)  # noqa: B010
        setattr(Channel, "send_line", send_line)  # noqa: B010

    def _die(self, kind: Kind, now: int) -> None:
        if kind == self._kind and now == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def _verb(line: bytes) -> str:
    """UID FETCH BODY.PEEK[] is another kind than UID FETCH FLAGS."""
    words = line.decode("latin-1").split(" ")[1:]
    if words[:2] == ["UID", "FETCH"]:
        return " ".join(["UID FETCH", *words[3:]])
    return " ".join(words[:2]) if words[0] == "UID" else words[0]


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


def counted(story: Story, account: Account) -> tuple[int, list[str]]:
    """How many commits and which commands it takes undisturbed, counted in a child."""
    reading, writing = os.pipe()

    def work() -> None:
        counter = Counter()
        counter.count()
        story.work(account)
        os.write(writing, json.dumps([counter.commits, counter.commands]).encode())

    assert in_a_child(work) == 0
    commits, commands = json.loads(os.read(reading, 60_000))
    os.close(reading)
    os.close(writing)
    return commits, commands


def points(commits: int, commands: list[str]) -> Iterator[tuple[Kind, int]]:
    """What is written before a commit and lost is what is there after the one before it."""
    for at in range(1, commits + 1):
        yield "before a commit", at
    yield "after a commit", commits
    for at in range(1, len(commands) + 1):
        if at % STEP == 1 or commands[at - 1] not in commands[: at - 1]:
            yield "before a command", at


def differences(one: Dump, other: Dump) -> list[tuple[str, object]]:
    """Rows that only one of them has."""
    return [
        (name, row)
        for name in one
        for rows, missing in ((one[name], other[name]), (other[name], one[name]))
        for row in rows
        if row not in missing
    ]


@pytest.mark.parametrize("name", STORIES)
def test_killed_at_any_point_it_ends_where_an_undisturbed_sync_does(
    name: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renumbering, "PAUSE_SECONDS", 0)
    story = STORIES[name]
    story.prepare(mailbox)
    account = mailbox.account
    with snapshot() as before:
        commits, commands = counted(story, account)
        undisturbed = dump(account)
        killed = tried = 0
        for kind, at in points(commits, commands):
            before.put_back()

            def work(kind: Kind = kind, at: int = at) -> None:
                Counter(kind, at).count()
                story.work(account)

            status = in_a_child(work)
            # Threads share the work, so the last commits are not always as many.
            assert status in (0, -signal.SIGKILL), (kind, at)
            killed, tried = killed + (status != 0), tried + 1
            Account.objects.update(lease_until=None)
            story.work(account)
            assert differences(undisturbed, dump(account)) == [], (kind, at)
    assert killed >= tried * 0.9
    assert {verb.split(" (")[0] for verb in commands} >= {"EXAMINE", "UID SEARCH", "UID FETCH"}
