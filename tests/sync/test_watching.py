"""A watcher hears of new mail on real servers, and gets over what breaks."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.local.processes import wait_until
from sync import engine, folders
from sync.models import Account, News, Watch, Watcher
from sync.watching import shares
from sync.watching.process import Process
from tests.imap.cutting import cut_when
from tests.imap.dovecot import People
from tests.imap.scripted_server import Rule, Talk, scripted
from tests.sync.mailbox import Mailbox

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]
PATIENCE = 120
ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def watcher(name: str = "one") -> Iterator[Process]:
    """A watcher's process, as a thread of ours."""
    made: list[Process] = []
    loop = asyncio.new_event_loop()

    async def run() -> None:
        made.append(Process(name))
        await made[0].run()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert wait_until(lambda: bool(made), PATIENCE)
    try:
        yield made[0]
    finally:
        loop.call_soon_threadsafe(made[0].stop)
        thread.join(PATIENCE)
        assert not thread.is_alive()
        loop.close()
        connections.close_all()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "ROUND_SECONDS", 0.2)


@pytest.fixture
def synced(mailbox: Mailbox) -> Mailbox:
    """A mailbox whose first sync is done, and of which there is no news."""
    mailbox.deliver("old")
    mailbox.first_sync()
    mailbox.sync()
    return mailbox


def hears(*accounts: int) -> bool:
    return set(Watch.awake().values_list("account", flat=True)) >= set(accounts)


def is_news(mailbox: Mailbox) -> bool:
    return News.objects.filter(account=mailbox.account.pk).exists()


def wait_for(reached: Callable[[], bool]) -> None:
    assert wait_until(reached, PATIENCE)


def test_it_hears_new_mail_and_has_it_fetched(synced: Mailbox) -> None:
    with watcher():
        wait_for(lambda: hears(synced.account.pk))
        assert not is_news(synced)
        synced.deliver("new")
        wait_for(lambda: is_news(synced))
        wait_for(lambda: News.objects.get().queued_until is not None)
        assert engine.work(synced.account.pk, "test", 60, look_only=True) is False
        assert synced.letters == ["new", "old"]
        assert not is_news(synced)
    assert not Watcher.objects.exists()


def test_it_hears_of_what_others_do_in_the_mailbox(synced: Mailbox) -> None:
    with watcher():
        wait_for(lambda: hears(synced.account.pk))
        synced.command("old", "STORE", "+FLAGS", "(\\Seen)")
        wait_for(lambda: is_news(synced))


def test_it_asks_for_the_other_folders_in_rounds(synced: Mailbox, settings: Settings) -> None:
    settings.SYNC_POLL_SECONDS = 1
    with watcher():
        wait_for(lambda: hears(synced.account.pk))
        synced.deliver("answer", "Sent")
        wait_for(lambda: is_news(synced))


def test_what_came_while_nobody_watched_is_news_at_once(synced: Mailbox) -> None:
    synced.deliver("Sunday's", "Sent")
    with watcher():
        wait_for(lambda: is_news(synced))


def test_a_server_without_idle_is_asked_in_rounds(synced: Mailbox, settings: Settings) -> None:
    settings.SYNC_POLL_SECONDS = 1
    count = [1]

    def status(talk: Talk) -> None:
        talk.say(
            b"* STATUS INBOX (MESSAGES %d UIDNEXT %d UIDVALIDITY 1)\r\n" % (count[0], count[0])
        )
        talk.say(b"{tag} OK done\r\n")

    with scripted(("STATUS", status)) as server:
        Account.objects.update(port=server.port)
        synced.account.folders.exclude(name="INBOX").delete()
        synced.account.folders.update(messages=1, uidnext=1, uidvalidity=1, highestmodseq=None)
        with watcher():
            wait_for(lambda: hears(synced.account.pk))
            # Without CONDSTORE a worker has to compare flags in any case.
            wait_for(lambda: is_news(synced))
            News.objects.all().delete()
            count[0] = 2
            wait_for(lambda: is_news(synced))
        assert not [line for line in server.asked if line.startswith(("EXAMINE", "IDLE", "UID"))]


def test_a_cut_line_is_mended_and_what_came_meanwhile_is_heard(synced: Mailbox) -> None:
    cut = threading.Event()
    # The first IDLE after the cut never gets through; the next one does.
    with cut_when(synced.dovecot.port, lambda line: "IDLE" in line and cut.is_set()) as port:
        Account.objects.update(port=port)
        with watcher():
            wait_for(lambda: hears(synced.account.pk))
            cut.set()
            synced.dovecot.stop()
            wait_for(lambda: not hears(synced.account.pk))
            synced.dovecot.start()
            News.objects.all().delete()
            synced.deliver("meanwhile")
            cut.clear()
            wait_for(lambda: is_news(synced))
            wait_for(lambda: hears(synced.account.pk))


def test_a_refused_password_is_for_the_person_and_is_not_tried_again(synced: Mailbox) -> None:
    refused: Rule = ("AUTHENTICATE", b"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n")
    with scripted(refused) as server:
        Account.objects.update(port=server.port)
        with watcher():
            wait_for(lambda: is_news(synced))
            assert engine.work(synced.account.pk, "test", 60, look_only=True) is False
            synced.account.refresh_from_db()
            assert synced.account.state == Account.State.REFUSED
            assert synced.account.problem == "authentication_refused"
            wait_for(lambda: not Watch.objects.exists())
            # The watcher once, the worker once.
            assert server.connections == 2
            Account.objects.update(state="active", port=synced.dovecot.port, problem="")
            wait_for(lambda: hears(synced.account.pk))


def test_an_account_that_is_paused_is_watched_no_more(synced: Mailbox) -> None:
    with watcher():
        wait_for(lambda: hears(synced.account.pk))
        Account.objects.update(state=Account.State.PAUSED)
        wait_for(lambda: not Watch.objects.exists())


def test_a_database_that_went_away_is_asked_again_and_no_line_is_lost(synced: Mailbox) -> None:
    with watcher():
        wait_for(lambda: hears(synced.account.pk))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        synced.deliver("new")
        wait_for(lambda: is_news(synced))


def test_two_share_the_accounts_and_one_takes_over_from_the_dead(
    people: People, transactional_db: None
) -> None:
    mailboxes = [Mailbox(people.dovecot, people.new().name) for _ in range(4)]
    Account.objects.update(first_sync_done_at=timezone.now(), checked_at=timezone.now())
    pks = [mailbox.account.pk for mailbox in mailboxes]
    for mailbox in mailboxes:
        folders.learn(mailbox.account, "test")
    with killable_watcher() as dying:
        wait_for(lambda: hears(*pks))
        with watcher("two"):
            wait_for(lambda: Watch.awake().filter(watcher="two").count() == 2)
            assert Watch.objects.count() == 4
            dying.kill()
            # What waiting half a minute does.
            Watcher.objects.exclude(name="two").update(until=timezone.now())
            wait_for(lambda: Watch.awake().filter(watcher="two").count() == 4)
            News.objects.all().delete()
            for mailbox in mailboxes:
                mailbox.deliver("new")
            wait_for(lambda: News.objects.count() == 4)


@contextmanager
def killable_watcher() -> Iterator[subprocess.Popen[bytes]]:
    """The command itself, on the database of this test."""
    url = urlsplit(os.environ["DATABASE_URL"])
    here = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "manage.py", "watch", "--name", "one"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": here})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_shares_are_fair_and_have_an_upper_limit(synced: Mailbox) -> None:
    owner = synced.account.owner
    Account.objects.bulk_create(
        Account(owner=owner, username=f"u{number}", first_sync_done_at=timezone.now())
        for number in range(9)
    )
    one = shares.balance("one", [], 100)
    assert len(one) == 10
    assert shares.balance("two", [], 100) == set()
    one = shares.balance("one", [], 100)
    two = shares.balance("two", [], 100)
    assert (len(one), len(two), one & two) == (5, 5, set())
    assert len(shares.balance("one", [], 3)) == 3
    shares.leave("two")
    assert len(shares.balance("one", [], 100)) == 10
