"""Past mail of a Gmail account stops at the day's share, and goes on the next day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from pytest_django import Settings

from crm_inbox.views.mailboxes.card import Card
from sync import runs
from sync.models import Account, Message, News, Run
from sync.scheduling import claim_due
from tests.imap.gmail import INBOX, Gmail
from tests.imap.oddities import by_the_book
from tests.imap.provider import running
from tests.sync.mailbox import NOW, letter
from tests.sync.post import post_of
from tests.sync.test_gmail import Post

pytestmark = pytest.mark.django_db(transaction=True)
# Three of them fit into a megabyte.
SIZE, LETTERS = 300_000, 8


@pytest.fixture
def post(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Synced for the first time; old mail is left, of which each letter is fetched whole."""
    settings.SYNC_GMAIL_DAILY_MB = 1
    for module in ("sync.wire.fetch", "sync.allowance"):
        monkeypatch.setattr(f"{module}.WHOLE_LIMIT", 2 * SIZE)
    with running(Gmail()) as gmail:
        assert isinstance(gmail, Gmail)
        post = Post(gmail)
        for number in range(LETTERS):
            raw = letter(f"old{number}", text="x" * SIZE)
            post.receive(f"old{number}", INBOX, days=10 + number, raw=raw)
        post.first_sync()
        yield post


def the_next_day() -> None:
    Account.objects.update(past_day=F("past_day") - timedelta(days=1))


def test_the_newest_come_today_and_the_rest_on_the_days_after(post: Post) -> None:
    run = runs.start_past_sync(post.account, 1, "everyone")
    days: list[list[str]] = []
    while len(days) < 10:
        post.sync()
        days.append(post.letters)
        run.refresh_from_db()
        if run.state == Run.State.DONE:
            break
        the_next_day()
    assert [len(letters) for letters in days] == [3, 6, 8]
    assert days[0] == ["old0", "old1", "old2"]


def test_nobody_is_asked_for_the_rest_until_then_and_new_mail_comes(post: Post) -> None:
    runs.start_past_sync(post.account, 1, "everyone")
    post.sync()
    assert claim_due([post.account.pk]) == []
    # Not even for past emails of another period.
    runs.cancel(post.account.runs.get(kind=Run.Kind.PAST))
    run = runs.start_past_sync(post.account, 3, "everyone")
    assert claim_due([post.account.pk]) == []
    assert "wait for tomorrow" in Card(post.account).state
    post.receive("new", INBOX, days=0)
    News.hear([post.account.pk])
    assert [request.queue for request in claim_due([post.account.pk])] == ["live"]
    post.sync()
    assert "new" in post.letters
    the_next_day()
    assert [request.queue for request in claim_due([post.account.pk])] == ["past"]
    run.refresh_from_db()
    assert run.state == Run.State.WAITING


def test_it_is_said(post: Post) -> None:
    with pytest.raises(CommandError, match="no more past mail today"):
        call_command("sync_past", str(post.account.pk), "1")
    post.account.refresh_from_db()
    card = Card(post.account)
    assert f"3 of {LETTERS}, the rest tomorrow" in card.state
    assert not card.moves


def test_other_providers_have_no_such_share(settings: Settings) -> None:
    settings.SYNC_GMAIL_DAILY_MB = 1
    with post_of(by_the_book) as post:
        for number in range(4):
            raw = letter(f"big{number}", text="x" * SIZE)
            post.provider.deliver(raw, NOW - timedelta(days=20))
        post.first_sync()
        post.past_sync(1)
        assert Message.objects.filter(message_id__startswith="big").count() == 4
    assert Account.objects.get().past_bytes == 0
