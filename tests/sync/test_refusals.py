"""An answer that is refused or cannot be read is never taken for an empty one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sync.models import Folder, Message
from sync.scheduling import claim_due
from tests.imap.oddities import by_the_book
from tests.sync.post import post_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_provider_that_asks_for_patience_is_left_alone_for_so_long() -> None:
    with post_of(by_the_book) as post:
        slow_down = ("EXAMINE", b"{tag} NO [THROTTLED] Too busy. Backoff Time: 7200\r\n")
        post.provider.rules.append(slow_down)
        post.start()
        began = timezone.now()
        post.try_to_sync()
        assert (post.account.problem, post.account.state) == ("throttled", "active")
        assert post.account.retry_at is not None
        assert post.account.retry_at - began >= timedelta(hours=2)
        assert claim_due([post.account.pk]) == []
        post.provider.rules.remove(slow_down)
        post.sync()
        post.check(3)


@pytest.mark.parametrize(
    "answer",
    [
        b"{tag} NO [SERVERBUG] Not today\r\n",
        b'* LIST () "/" INBOX\r\n* LIST () "/"\r\n{tag} OK done\r\n',
        b'* LIST () "/" INBOX\r\n* LIST (\\Sent "/" Work\r\n{tag} OK done\r\n',
    ],
)
def test_a_list_of_folders_that_cannot_be_had_takes_none_away(answer: bytes) -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        post.provider.rules.append(("LIST", answer))
        post.try_to_sync()
        assert post.account.problem in ("command_refused", "protocol_error")
        assert not Folder.objects.exclude(missing_since=None).exists()
        post.provider.rules.clear()
        post.sync()


def test_a_search_that_is_refused_takes_no_message_away() -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        inbox = post.provider.places[b"INBOX"].letters
        post.provider.expunge(inbox[min(inbox)])
        post.provider.rules.append(("UID SEARCH", b"{tag} NO [SERVERBUG] Not today\r\n"))
        post.try_to_sync()
        assert post.account.problem == "command_refused"
        assert not Message.objects.exclude(left_server_at=None).exists()
        post.provider.rules.clear()
        post.sync()
        post.check(3)
        assert Message.objects.exclude(left_server_at=None).count() == 1
