"""No server keeps a worker, a thread of the site or a watcher's for ever, however it goes about it.

These say a little now and then, so that no single answer is waited for too long.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync import connecting, engine, inquiries
from sync.models import Account, Inquiry
from sync.plan import KnownState
from sync.watching import line
from sync.watching.line import Line, Target
from sync.wire import WireError
from tests.imap.oddities import by_the_book
from tests.imap.provider import Oddity
from tests.imap.scripted_server import ANNA, Rule, Talk, scripted
from tests.sync.post import post_of

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = 1.0
# Whoever is kept for so long would be kept for ever.
GIVEN_UP = 120


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """When it is set the servers keep nobody any more, should they still do so."""
    event = threading.Event()
    ending = threading.Timer(GIVEN_UP, event.set)
    ending.start()
    yield event
    ending.cancel()
    assert not event.is_set()
    event.set()


def chatter(over: threading.Event) -> Callable[[Talk], None]:
    def talk_on(talk: Talk) -> None:
        while not over.wait(0.1):
            talk.sock.sendall(b"* OK still here\r\n")

    return talk_on


def keeping(over: threading.Event, pattern: str) -> Oddity:
    def keep(talk: Talk, answer: bytes) -> bytes:
        if pattern in talk.line:
            chatter(over)(talk)
        return answer

    return keep


def test_a_worker_is_free_again_and_comes_back_later(
    over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        post.deliver("late")
        post.provider.oddity = keeping(over, "STATUS")
        Account.objects.update(checked_at=None)
        with monkeypatch.context() as hurried:
            hurried.setattr("sync.session.LONGEST_SECONDS", SHORT)
            assert engine.work(post.account.pk, "test", SHORT, look_only=True) is False
        account = Account.objects.get()
        assert (account.problem, account.failures) == ("connection_lost", 1)
        assert (account.lease_until, account.retry_at is None) == (None, False)
        post.provider.oddity = None
        post.sync()
        post.check(3)


def test_it_does_not_connect_again_and_again_instead(
    over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does for a message on which a connection breaks."""
    with post_of(by_the_book) as post:
        post.start()
        post.provider.oddity = keeping(over, "FETCH")
        monkeypatch.setattr("sync.session.LONGEST_SECONDS", SHORT)
        assert engine.work(post.account.pk, "test", SHORT) is False
        assert Account.objects.get().failures == 1


def test_a_server_that_never_ends_its_greeting_lets_the_site_go(
    over: threading.Event, monkeypatch: pytest.MonkeyPatch, slow_to_greet: Account
) -> None:
    monkeypatch.setattr(connecting, "OPENING_SECONDS", SHORT)
    client = Client()
    client.force_login(slow_to_greet.owner)
    answer = client.post(
        f"/email-sync/{slow_to_greet.pk}/password/",
        {"password": "x", "host": "127.0.0.1", "port": slow_to_greet.port, "security": "plain"},
    )
    assert "was cut off" in answer.content.decode()


@pytest.fixture
def slow_to_greet(over: threading.Event) -> Iterator[Account]:
    """An account at a server whose greeting comes byte by byte and never ends."""
    with scripted(greeting=b"* OK") as server:
        threading.Thread(target=_greet_on, args=(server._sockets, over), daemon=True).start()
        owner = User.objects.create_user("anna")
        account = Account(owner=owner, address="a@x.example", username="anna", host="127.0.0.1")
        account.port, account.security = server.port, Account.Security.PLAIN
        account.set_secret("x")
        account.save()
        yield account


def _greet_on(sockets: list[object], over: threading.Event) -> None:
    while not over.wait(0.1):
        for sock in sockets:
            try:
                sock.sendall(b".")  # type: ignore[attr-defined]
            except OSError:
                continue


def test_a_question_is_given_up(over: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        post.provider.oddity = keeping(over, "SEARCH")
        monkeypatch.setattr(inquiries, "LONGEST_SECONDS", SHORT)
        asked = inquiries.ask(post.account, Inquiry.Kind.CHECK, {})
        inquiries.answer(asked.pk)
        asked.refresh_from_db()
        assert (asked.state, asked.problem) == ("failed", "connection_lost")


@pytest.mark.parametrize("when", ["opening", "a round"])
def test_a_thread_of_a_watcher_is_free_again(
    when: str, over: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "JOB_SECONDS", SHORT)
    quiet: Rule = ("STATUS", b"{tag} NO not now\r\n")
    chatty: Rule = ("STATUS", chatter(over))
    with scripted(chatty if when == "opening" else quiet) as server:
        watched = Line(Target(server.server, ANNA, {b"INBOX": KnownState(None, None, None, None)}))
        job = watched.open
        if when == "a round":
            watched.open()
            server._rules.insert(0, chatty)
            job = watched.round
        with pytest.raises(WireError):
            job()


def test_whoever_is_done_in_time_leaves_nothing_behind() -> None:
    files = _files()
    with post_of(by_the_book) as post:
        post.first_sync()
        for _ in range(20):
            connecting.connect(post.account).close()
        post.check(3)
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert _files() < files + 20


def _files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])
