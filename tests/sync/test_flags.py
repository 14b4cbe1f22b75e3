"""Without CONDSTORE: the newest messages at every look, now and then all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from sync import flags
from sync.models import Folder, LedgerEntry
from tests.imap.fetching import Letter
from tests.imap.oddities import no_extensions
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """All looked at a moment ago; at every look three messages are compared."""
    monkeypatch.setattr(flags, "NEWEST", 3)
    with post_of(no_extensions) as post:
        post.first_sync()
        post.sync()
        yield post


def ends(post: Post) -> tuple[Letter, Letter]:
    """The letters of the inbox with the lowest and the highest UID that are here."""
    uids = LedgerEntry.objects.filter(folder__name="INBOX").values_list("uid", flat=True)
    inbox = post.provider.places[b"INBOX"].letters
    return inbox[min(uids)], inbox[max(uids)]


def read(post: Post) -> list[bool]:
    """Of both ends."""
    rows = LedgerEntry.objects.filter(folder__name="INBOX").order_by("uid")
    seen = list(rows.values_list("seen", flat=True))
    return [seen[0], seen[-1]]


def test_what_is_new_is_compared_at_once_and_what_is_old_after_a_while(post: Post) -> None:
    for one in ends(post):
        post.provider.mark(one, "\\Seen")
    post.sync()
    assert read(post) == [False, True]
    long_ago = timezone.now() - flags.FULL_EVERY - timedelta(seconds=1)
    Folder.objects.update(flags_checked_at=long_ago)
    post.sync()
    assert read(post) == [True, True]
    post.check(3)


def test_the_full_comparison_is_not_made_at_every_look(post: Post) -> None:
    before = Folder.objects.get(name="INBOX").flags_checked_at
    assert before is not None
    post.sync()
    assert Folder.objects.get(name="INBOX").flags_checked_at == before
