"""All mail, only labels, all mail again: what came meanwhile is not lacking afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync import runs
from sync.models import Account
from tests.imap.gmail import INBOX, Gmail
from tests.imap.provider import running
from tests.sync.mailbox import Mailbox, Syncing
from tests.sync.test_gmail import Post
from tests.sync.test_midway import listed_only

pytestmark = pytest.mark.django_db(transaction=True)


def choose_all(syncing: Syncing) -> None:
    syncing.account.label_choice = Account.LabelChoice.ALL
    syncing.account.save(update_fields=["label_choice"])
    runs.labels_changed(syncing.account)


@pytest.fixture
def post() -> Iterator[Post]:
    with running(Gmail([b"Work"])) as gmail:
        assert isinstance(gmail, Gmail)
        yield Post(gmail)


def test_gmail(post: Post) -> None:
    post.receive("before", INBOX)
    post.first_sync()
    post.labels("Work")
    post.sync()
    post.receive("meanwhile", INBOX, days=0)
    post.receive("work", b"Work", days=0)
    post.sync()
    assert post.letters == ["before", "work"]
    choose_all(post)
    post.sync()
    assert post.letters == ["before", "meanwhile", "work"]


@pytest.mark.needs("dovecot")
@pytest.mark.parametrize("label", ["Hot", "Work"])
def test_keywords_and_folders(mailbox: Mailbox, label: str) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("hot", flags=("Hot",))
    mailbox.first_sync()
    mailbox.labels(label)
    mailbox.sync()
    mailbox.deliver("meanwhile", days=0)
    mailbox.sync()
    assert mailbox.letters == ["hot"]
    choose_all(mailbox)
    mailbox.sync()
    assert mailbox.letters == ["hot", "meanwhile"]


@pytest.mark.needs("dovecot")
def test_in_the_middle_of_a_past_sync(mailbox: Mailbox) -> None:
    mailbox.deliver("hot", flags=("Hot",))
    mailbox.deliver("old", days=40)
    mailbox.first_sync()
    runs.start_past_sync(mailbox.account, 3, "everyone")
    listed_only(mailbox.account)
    mailbox.labels("Hot")
    mailbox.sync()
    assert mailbox.letters == ["hot"]
    choose_all(mailbox)
    mailbox.sync()
    assert mailbox.letters == ["hot", "old"]
