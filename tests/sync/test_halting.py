"""A person stops a run in the middle: it ends soon, and goes on where it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings

from sync import engine, halting, runs
from sync.models import Account, LedgerEntry, Run
from sync.storing import Storing
from tests.sync.mailbox import Mailbox

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]

# More than is on the line at once, and fewer than the first window takes.
COUNT = 200


@pytest.fixture
def run(mailbox: Mailbox, settings: Settings) -> Run:
    settings.SYNC_PIPELINE_DEPTH = 2
    mailbox.first_sync()
    for number in range(COUNT):
        mailbox.deliver(f"old-{number}", days=40)
    return runs.start_past_sync(mailbox.account, 3, "everyone")


def work_until(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """A slice in which somebody acts once the first message is there; how many are left."""
    add, acted = Storing.add, False

    def added(self: Storing, *arguments: object) -> None:
        nonlocal acted
        if not acted:
            acted = True
            act()
        add(self, *arguments)  # type: ignore[arg-type]  # as it was called

    with monkeypatch.context() as patched:
        patched.setattr(Storing, "add", added)
        patched.setattr(halting, "ASK_SECONDS", 0.0)
        assert engine.work(mailbox.account.pk, "test", 60) is False
    assert acted
    return LedgerEntry.objects.filter(state="listed").count()


def test_a_paused_run_stops_in_the_middle_and_goes_on(
    mailbox: Mailbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = work_until(mailbox, monkeypatch, lambda: runs.pause(run))
    assert 0 < left < COUNT
    assert len(mailbox.letters) == COUNT - left
    runs.resume(run)
    mailbox.sync()
    assert mailbox.letters == sorted(f"old-{number}" for number in range(COUNT))


def test_a_cancelled_run_stops_in_the_middle(
    mailbox: Mailbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert work_until(mailbox, monkeypatch, lambda: runs.cancel(run)) == 0
    states = list(mailbox.ledger().values())
    assert 0 < states.count("stored") == len(mailbox.letters) < COUNT
    assert states.count("too_old") == COUNT - len(mailbox.letters)


def test_a_paused_account_stops_in_the_middle_and_goes_on(
    mailbox: Mailbox, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pause() -> None:
        Account.objects.update(state=Account.State.PAUSED)

    assert 0 < work_until(mailbox, monkeypatch, pause) < COUNT
    Account.objects.update(state=Account.State.ACTIVE)
    mailbox.sync()
    assert mailbox.letters == sorted(f"old-{number}" for number in range(COUNT))
