"""Whatever a provider does beside the book, the ledger ends complete, and once is enough."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from sync import connecting, problems, renumbering
from sync.models import LedgerEntry, Message
from tests.imap.oddities import ODDITIES, by_the_book
from tests.imap.provider import Provider
from tests.imap.scripted_server import GREETING, Talk
from tests.sync.mailbox import dump
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)


def written(post: Post) -> dict[str, list[tuple[object, ...]]]:
    """All but the mod-sequences, which may be anything."""
    found = dump(post.account)
    found["folders"] = [(*row[:3], *row[4:]) for row in found["folders"]]
    return found


@pytest.fixture(autouse=True)
def _impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the engine is, but for the minute that it waits where a server falls silent."""
    if "stall" in request.node.name:
        real = connecting.server_of
        monkeypatch.setattr(
            connecting, "server_of", lambda account: replace(real(account), read_timeout=5)
        )


@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "byte by byte"])
@pytest.mark.parametrize("make", ODDITIES.values(), ids=ODDITIES.keys())
def test_the_ledger_ends_complete(make: Callable[[Provider], None], slowly: bool) -> None:
    with post_of(make, slowly) as post:
        post.first_sync()
        post.past_sync(12)
        post.check()
        post.deliver("later", 0)
        post.deliver("moved-about", 500)
        first = post.provider.places[b"INBOX"].letters
        post.provider.mark(first[min(first)], "\\Seen")
        post.provider.expunge(first[min(first) + 2])
        post.sync()
        post.check()
        before = written(post)
        post.sync()
        assert written(post) == before
        post.deliver("last", 0)
        post.sync()
        post.check()


def test_a_folder_whose_numbers_change_for_ever_is_said_so_and_the_others_go_on() -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        before = post.letters
        ticks = count(100)

        def renumber(talk: Talk, answer: bytes) -> bytes:
            """Of the inbox, at every look."""
            if "INBOX" not in talk.line:
                return answer
            return re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY %d" % next(ticks), answer)

        post.provider.oddity = renumber
        post.deliver("unseen", 0)
        post.deliver("seen", 0, "Work")
        for _ in range(3):
            post.provider.asked.clear()
            post.try_to_sync()
            assert post.account.problem == "numbers_unstable"
            assert post.account.problem_detail == "INBOX"
        assert not any("FETCH" in line for line in post.provider.asked)
        assert post.letters == sorted([*before, "seen"])
        assert post.account.state == "active"
        assert "new numbers" in str(problems.explain(post.account.problem).sentence)
        post.provider.oddity = None
        post.sync()
        post.check(3)
        assert "unseen" in post.letters


@pytest.mark.parametrize("each", ["look", "connection", "second"])
def test_numbers_that_change_before_the_first_sync_end_it_all_the_same(
    each: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if each != "second":
        monkeypatch.setattr(renumbering, "PAUSE_SECONDS", 0)
    with post_of(by_the_book) as post:
        ticks = count(100)

        def renumber(talk: Talk, answer: bytes) -> bytes:
            if not talk.line.startswith(("EXAMINE", "STATUS")):
                return answer
            number = {
                "look": lambda: next(ticks),
                "connection": lambda: 100 + post.provider.connections,
                "second": lambda: int(time.time()),
            }[each]()
            return re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY %d" % number, answer)

        post.provider.oddity = renumber
        post.start()
        post.try_to_sync()
        assert post.account.first_sync_done_at is not None
        for _ in range(2):
            time.sleep(renumbering.PAUSE_SECONDS)
            post.try_to_sync()
            assert post.account.problem == "numbers_unstable"
        post.provider.oddity = None
        post.sync()
        post.check(3)


@pytest.mark.parametrize(
    "code", [b"NO Permission denied", b"NO [CANNOT] Not now", b"BAD Invalid mailbox name"]
)
def test_a_listed_folder_that_cannot_be_opened_stops_no_other(code: bytes) -> None:
    with post_of(by_the_book) as post:
        refused = ('(EXAMINE|STATUS) "Work"', b"{tag} " + code + b"\r\n")
        post.provider.rules.append(refused)
        post.start()
        post.try_to_sync()
        assert post.account.first_sync_done_at is not None
        assert "new0" in post.letters
        assert (post.account.problem, post.account.failures) == ("folder_not_selectable", 0)
        assert post.account.problem_detail.startswith("Work")
        post.deliver("later", 0)
        post.try_to_sync()
        assert "later" in post.letters
        post.provider.rules.remove(refused)
        post.sync()
        post.check(3)


def test_a_folder_that_closes_in_the_middle_of_a_sync_is_taken_up_when_it_opens() -> None:
    with post_of(by_the_book) as post:
        post.deliver("mine", 0.2, "Sent")
        opened = count(1)

        def close(talk: Talk) -> None:
            """The second time that it is opened."""
            refused = b"{tag} NO Permission denied\r\n"
            talk.say(refused if next(opened) > 1 else post.provider.true_answer(talk) or b"")

        post.provider.rules.append(('EXAMINE "Sent"', close))
        post.start()
        post.try_to_sync()
        entries = LedgerEntry.objects.filter(folder__name="Sent")
        assert set(entries.values_list("state", "problem")) == {("failed", "folder_not_selectable")}
        assert post.account.first_sync_done_at is not None
        post.provider.rules.clear()
        post.sync()
        post.check(3)
        assert "mine" in post.letters


def test_an_inbox_that_cannot_be_opened_stops_no_other_folder() -> None:
    with post_of(by_the_book) as post:
        post.deliver("work", 0.2, "Work")
        post.provider.places[b"INBOX"].selectable = False
        post.start()
        post.try_to_sync()
        assert "work" in post.letters


def test_only_the_newest_messages_are_shown_and_none_is_lost_here() -> None:
    with post_of(by_the_book) as post:
        post.provider.newest = 12
        post.first_sync()
        post.past_sync(12)
        shown = post.letters
        post.deliver("later", 0)
        post.deliver("latest", 0)
        post.sync()
        assert post.letters == sorted([*shown, "later", "latest"])
        before = written(post)
        post.sync()
        assert written(post) == before


def test_a_folder_that_was_set_back_gives_its_numbers_to_other_messages() -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        post.past_sync(12)
        inbox = post.provider.places[b"INBOX"]
        last = inbox.uidnext
        post.deliver("lost", 0)
        post.sync()
        assert "lost" in post.letters
        del inbox.letters[last]
        inbox.uidnext = last
        post.sync()
        post.deliver("reused", 0)
        post.sync()
        post.check()
        assert {"lost", "reused"} <= set(post.letters)
        assert Message.objects.get(message_id="lost@mail.example").left_server_at is not None


def test_a_message_that_ends_every_connection_fails_alone() -> None:
    with post_of(by_the_book) as post:
        poison = next(
            uid
            for uid, one in post.provider.places[b"INBOX"].letters.items()
            if b"Letter new4" in one.raw
        )

        def cut(talk: Talk, answer: bytes) -> bytes:
            if "BODY.PEEK[]" not in talk.line or b"Letter new4" not in answer:
                return answer
            half = answer.index(b"Letter new4")
            talk.say(answer[:half] + b"* BYE Internal error\r\n")
            talk.hang_up()
            return b""

        post.provider.oddity = cut
        post.first_sync()
        post.past_sync(12)
        entries = LedgerEntry.objects.filter(folder__name="INBOX").exclude(state="stored")
        assert list(entries.values_list("uid", "state", "problem", "tries")) == [
            (poison, "failed", "connection_lost", 3)
        ]


@pytest.mark.parametrize(
    ("security", "offered", "greeting", "problem"),
    [
        ("plain", "IMAP4rev1 LOGINDISABLED", GREETING, "login_disabled"),
        ("starttls", "IMAP4rev1", GREETING, "starttls_unavailable"),
        ("starttls", "IMAP4rev1 STARTTLS", b"* PREAUTH hello\r\n", "starttls_unavailable"),
        ("plain", "IMAP4rev1", b"* BYE Too many connections\r\n", "throttled"),
        ("plain", "IMAP4rev1", b"HTTP/1.1 400 Bad Request\r\n", "protocol_error"),
    ],
)
def test_what_is_wrong_at_the_door_is_noted_and_no_password_is_sent(
    security: str, offered: str, greeting: bytes, problem: str
) -> None:
    with post_of(by_the_book) as post:
        post.provider.offered, post.provider.greeting = offered, greeting
        post.account.security = security
        post.account.save()
        post.start()
        post.try_to_sync()
        assert post.account.problem == problem
        assert not any(line.startswith(("LOGIN", "AUTH")) for line in post.provider.asked)
