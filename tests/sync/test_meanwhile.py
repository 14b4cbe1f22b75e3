"""What happens at the provider between two of our questions is found by the next look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sync.models import LedgerEntry, Message
from sync.session import Session
from tests.imap.fetching import Letter
from tests.imap.oddities import by_the_book
from tests.imap.scripted_server import Talk
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)
NEW_UIDS = r"UID SEARCH UID \d+:\* ALL"


@pytest.fixture
def post() -> Iterator[Post]:
    with post_of(by_the_book) as post:
        yield post


@contextmanager
def right_after(post: Post, question: str, happens: Callable[[], object]) -> Iterator[None]:
    """It happens once the first such question is answered, and the answer does not tell of it."""
    left = [happens]

    def then(talk: Talk, answer: bytes) -> bytes:
        if left and re.match(question, talk.line):
            left.pop()()
        return answer

    post.provider.oddity = then
    yield
    assert not left
    post.provider.oddity = None


def letter_of(post: Post, name: str) -> Letter:
    letters = post.provider.places[b"INBOX"].letters.values()
    return next(one for one in letters if f"<{name}@".encode() in one.raw)


def test_mail_that_comes_while_a_folder_is_listed(post: Post) -> None:
    with right_after(post, "UID SEARCH SINCE", lambda: post.deliver("late", 0)):
        post.first_sync()
    assert "late" not in post.letters
    post.sync()
    assert "late" in post.letters
    post.check(3)


def test_mail_that_comes_while_new_mail_is_listed(post: Post) -> None:
    post.first_sync()
    post.deliver("new", 0)
    with right_after(post, NEW_UIDS, lambda: post.deliver("late", 0)):
        post.sync()
    assert "late" not in post.letters
    post.sync()
    assert {"new", "late"} <= set(post.letters)
    post.check(3)


def test_mail_that_is_read_while_a_folder_is_listed(post: Post) -> None:
    one = letter_of(post, "new0")
    with right_after(post, "UID FETCH .*INTERNALDATE", lambda: post.provider.mark(one, "\\Seen")):
        post.first_sync()
    post.sync()
    assert Message.objects.get(message_id="new0@mail.example").seen
    post.check(3)


def test_mail_that_is_read_while_changes_are_asked_for(post: Post) -> None:
    post.first_sync()
    first, second = letter_of(post, "new0"), letter_of(post, "new1")
    post.provider.mark(first, "\\Seen")
    with right_after(
        post, "UID FETCH .*CHANGEDSINCE", lambda: post.provider.mark(second, "\\Seen")
    ):
        post.sync()
    post.sync()
    post.check(3)


def test_a_message_that_is_moved_is_thought_to_be_lost_at_no_moment(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.first_sync()
    one = letter_of(post, "new2")
    post.provider.expunge(one)
    post.provider.places[b"Work"].put(one)
    lost: list[int] = []
    commit = Session.commit

    @contextmanager
    def and_look(session: Session) -> Iterator[None]:
        with commit(session):
            yield
        lost.append(Message.objects.exclude(left_server_at=None).count())

    monkeypatch.setattr(Session, "commit", and_look)
    post.sync()
    assert LedgerEntry.objects.filter(expunged_at__isnull=False).count() == 1
    assert set(lost) == {0}
