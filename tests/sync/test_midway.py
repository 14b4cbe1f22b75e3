"""What changes at the provider or here in the middle of a run: nothing is lost by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sync import connecting, draining, engine, live, renumbering, runs
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run
from sync.session import Session
from sync.wire import AuthenticationRefused
from tests.imap.oddities import by_the_book
from tests.imap.provider import Place
from tests.imap.scripted_server import Talk
from tests.sync.mailbox import NOW, Mailbox
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)


def renumber(post: Post, first: int = 1) -> None:
    """The inbox gets new numbers from `first` on; its mail is the same."""
    inbox = post.provider.places[b"INBOX"]
    letters = list(inbox.letters.values())
    inbox.uidvalidity += 100
    inbox.letters, inbox.uidnext = {}, first
    for letter in letters:
        inbox.put(letter)


@contextmanager
def before(what: object, name: str, number: int, act: Callable[[], None]) -> Iterator[None]:
    """Do something, on a connection that sees it, just before a call of the engine's own."""
    real = getattr(what, name)
    calls = count()

    def called(first: Any, *rest: Any) -> Any:
        if next(calls) == number:
            session = first if isinstance(first, Session) else first._session
            if first is not session:
                first.flush()
            session.hang_up()
            act()
        return real(first, *rest)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(what, name, called)
        yield
    assert next(calls) > number


PHASES = {
    "before it is listed": (engine, "list_window", 0),
    "after it was listed": (engine, "drain_to_the_end", 0),
    "after a part of it": (draining.Drain, "step", 1),
    "at its end": (draining.Drain, "step", 2),
}


@pytest.mark.parametrize("kind", ["initial", "past"])
@pytest.mark.parametrize("phase", PHASES.values(), ids=PHASES.keys())
def test_a_folder_renumbered_during_a_run_is_listed_once_more(
    phase: tuple[object, str, int], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renumbering, "PAUSE_SECONDS", 0)
    for window in ("FIRST_WINDOW", "VERY_FIRST_WINDOW"):
        monkeypatch.setattr(draining, window, 2)
    monkeypatch.setattr(draining, "STEP_SECONDS", 0)
    with post_of(by_the_book) as post:
        if kind == "past":
            post.first_sync()
        with before(*phase, lambda: renumber(post)):
            run = post.past_sync(12) if kind == "past" else post.start()
            post.sync()
        post.check(366 if kind == "past" else 3)
        run.refresh_from_db()
        assert run.state == Run.State.DONE
        covered = Coverage.objects.get(folder__name="INBOX", scope="everyone")
        assert covered.since == run.since


@pytest.mark.parametrize("step", ["_begin", "_find_expunged"])
def test_a_folder_renumbered_during_a_look_seems_not_to_have_lost_its_mail(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renumbering, "PAUSE_SECONDS", 0)
    if step == "_begin":
        # Lower numbers are no folder that was set back.
        monkeypatch.setattr(live, "roll_back", lambda *_: pytest.fail("rolled back"))
    with post_of(by_the_book) as post:
        # Far from the numbers that it gets later.
        renumber(post, 1_000)
        post.first_sync()
        letters = post.provider.places[b"INBOX"].letters
        del letters[max(letters)]
        with before(live, step, 0, lambda: renumber(post)):
            post.sync()
        assert Message.objects.exclude(left_server_at=None).count() <= 1
        post.sync()
        assert Message.objects.exclude(left_server_at=None).count() == 1


@pytest.mark.parametrize("said", [b" UIDVALIDITY 0", b""], ids=["0", "none"])
def test_where_a_server_has_no_uidvalidity_a_new_folder_takes_nothing_away(said: bytes) -> None:
    def without(talk: Talk, answer: bytes) -> bytes:
        if not talk.line.startswith(("EXAMINE", "STATUS")):
            return answer
        answer = re.sub(rb"\* OK \[UIDVALIDITY \d+\] x\r\n", b"", answer)
        return re.sub(rb" UIDVALIDITY \d+", said, answer)

    with post_of(by_the_book) as post:
        post.provider.oddity = without
        post.first_sync()
        post.past_sync(12)
        here = post.letters
        post.provider.places[b"New"] = Place(b"New")
        post.deliver("in-new", 0, "New")
        post.sync()
        assert post.letters == sorted([*here, "in-new"])
        assert not Message.objects.exclude(left_server_at=None).exists()
        post.check()


def test_new_mail_whose_date_cannot_be_read_is_new() -> None:
    with post_of(by_the_book) as post:
        post.first_sync()
        post.provider.oddity = lambda talk, answer: re.sub(
            rb'INTERNALDATE "[^"]*"', b"INTERNALDATE NIL", answer
        )
        post.deliver("later", 0)
        post.sync()
        arrived_at = Message.objects.get(message_id="later@mail.example").arrived_at
        assert arrived_at >= NOW


def listed_only(account: Account) -> None:
    """A slice that ends before anything is fetched."""

    def end(session: Session, run: Run) -> bool:
        session._deadline = 0.0
        return False

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "drain_to_the_end", end)
        assert engine.work(account.pk, "test", 30)


@pytest.mark.needs("dovecot")
def test_a_label_taken_away_during_a_run_and_chosen_again_lacks_nothing(mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("old", days=40)
    mailbox.deliver("old-work", "Work", days=40)
    mailbox.first_sync()
    runs.start_past_sync(mailbox.account, 3, "everyone")
    listed_only(mailbox.account)
    assert set(mailbox.ledger("Work").values()) == {"listed"}
    mailbox.labels("INBOX")
    mailbox.sync()
    assert mailbox.letters == ["old"]
    assert set(mailbox.ledger("Work").values()) == {"label"}
    mailbox.labels("INBOX", "Work")
    mailbox.sync()
    assert mailbox.letters == ["old", "old-work"]


@pytest.mark.needs("dovecot")
def test_a_folder_that_is_gone_for_a_while_during_a_run_lacks_nothing(mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("old-work", "Work", days=40)
    mailbox.first_sync()
    runs.start_past_sync(mailbox.account, 3, "everyone")
    listed_only(mailbox.account)
    Folder.objects.filter(name="Work").update(missing_since=NOW)
    Account.objects.update(checked_at=NOW + timedelta(days=1), listed_at=NOW + timedelta(days=1))
    engine.work(mailbox.account.pk, "test", 30)
    entry = LedgerEntry.objects.get(folder__name="Work")
    assert (entry.state, entry.problem) == ("failed", "folder_missing")
    Account.objects.update(listed_at=None)
    mailbox.sync()
    assert mailbox.letters == ["old-work"]


@pytest.mark.needs("dovecot")
def test_a_run_that_is_paused_while_another_works_is_left_alone(mailbox: Mailbox) -> None:
    mailbox.deliver("old", days=40)
    mailbox.first_sync()
    run = runs.start_past_sync(mailbox.account, 3, "everyone")
    opened = engine.open_runs(mailbox.account)
    runs.pause(run)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "open_runs", lambda account: opened)
        engine.work(mailbox.account.pk, "test", 0.1)
    assert mailbox.letters == []


@pytest.mark.needs("dovecot")
def test_a_password_given_while_the_old_one_is_refused_is_tried(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.deliver("a")
    real = connecting.connect

    def refused(account: Account, *_: object) -> Any:
        """The person is quicker than the server with its answer."""
        given = Account.objects.get(pk=account.pk)
        given.set_secret(given.secret())
        given.works_again()
        raise AuthenticationRefused

    mailbox.start()
    monkeypatch.setattr("sync.session.connect", refused)
    mailbox.try_to_sync()
    assert (mailbox.account.state, mailbox.account.problem) == (Account.State.ACTIVE, "")
    monkeypatch.setattr("sync.session.connect", real)
    mailbox.sync()
    assert mailbox.letters == ["a"]
