"""A server that identifies messages and conversations itself (RFC 8474) is believed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sync.models import Message, Thread
from tests.imap.fetching import Letter
from tests.imap.provider import Provider, running
from tests.sync.mailbox import NOW, conversations, letter
from tests.sync.post import Post

pytestmark = pytest.mark.django_db(transaction=True)


class Identified(Post):
    def put(
        self, name: str, number: int, thread: int = 0, folder: str = "INBOX", references: str = ""
    ) -> Letter:
        """EMAILID is made of the number, THREADID of the thread; 0 is NIL."""
        raw = letter(name, references=references)
        one = self.provider.deliver(raw, NOW - timedelta(hours=12), folder.encode())
        one.number, one.thread = number, thread
        return one


@pytest.fixture(params=[False, True], ids=["at once", "byte by byte"])
def post(request: pytest.FixtureRequest) -> Iterator[Identified]:
    provider = Provider(slowly=request.param)
    provider.offered += " OBJECTID"
    with running(provider):
        yield Identified(provider)


def test_copies_have_one_emailid_and_cost_one_body(post: Identified) -> None:
    post.put("a", 1)
    post.put("a", 1, folder="Work")
    post.first_sync()
    assert Message.objects.get().copies.count() == 2
    post.put("a", 1, folder="Sent")
    post.sync()
    assert Message.objects.get().copies.count() == 3
    assert sum("BODY.PEEK[])" in line for line in post.provider.asked) == 1


def test_two_emailids_are_two_messages_whatever_their_headers_say(post: Identified) -> None:
    post.put("same", 1)
    post.put("same", 2)
    post.first_sync()
    assert post.letters == ["same", "same"]


def test_threadids_are_the_conversations_and_where_there_is_none_references(
    post: Identified,
) -> None:
    post.put("one", 1, 7)
    post.put("two", 2, 7)
    post.put("apart", 3, 8, references="<one@mail.example>")
    post.put("root", 4)
    post.put("reply", 5, references="<root@mail.example>")
    post.first_sync()
    assert conversations() == {("one", "two"), ("apart",), ("root", "reply")}
    assert set(Thread.objects.values_list("server_thread", flat=True)) == {"T7", "T8", ""}
