"""A run's order and its slices: the newest first, and never longer than it may."""

from datetime import timedelta

import pytest

from sync import draining, engine, runs
from sync.models import LedgerEntry, Message
from tests.sync.mailbox import NOW, Mailbox, a_moment_ago

pytestmark = pytest.mark.needs("dovecot")
LETTERS, WINDOW = 20, 5


@pytest.fixture
def filled(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Letters whose UIDs and ages have no order in common, in small windows."""
    for name in ("FIRST_WINDOW", "VERY_FIRST_WINDOW", "LARGEST_WINDOW"):
        monkeypatch.setattr(draining, name, WINDOW)
    for number in range(LETTERS):
        mailbox.deliver(f"n{number:02}", days=10 + number * 7 % LETTERS)
    mailbox.first_sync()
    a_moment_ago(mailbox.account)
    return mailbox


def test_the_newest_come_first(filled: Mailbox) -> None:
    filled.past_sync(1)
    # Ids are given as they are stored.
    ages = [
        (NOW - at) // timedelta(days=1)
        for at in Message.objects.order_by("pk").values_list("arrived_at", flat=True)
    ]
    for at in range(0, LETTERS, WINDOW):
        assert sorted(ages[at : at + WINDOW]) == list(range(10 + at, 10 + at + WINDOW))


def test_a_slice_ends_in_time_says_that_more_is_left_and_the_next_goes_on(filled: Mailbox) -> None:
    run = runs.start_past_sync(filled.account, 1, "everyone")
    here = [0]
    while engine.work(filled.account.pk, "test", 0):
        here.append(Message.objects.count())
        assert LedgerEntry.objects.filter(state="listed").count() in (0, LETTERS - here[-1])
    assert sorted(set(here)) == list(range(0, LETTERS + 1, WINDOW))
    assert here == sorted(here)
    run.refresh_from_db()
    assert run.state == "done"
