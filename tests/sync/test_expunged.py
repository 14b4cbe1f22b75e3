"""What left the server is found; every UID is asked for only where numbers say that some did."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync import engine, live
from sync.models import Account, Folder, LedgerEntry
from sync.wire import Connection, search
from tests.sync.mailbox import Mailbox

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """From which UID on a search for all messages began, each time."""
    found: list[int] = []
    ask: Callable[..., list[int]] = Connection.search_uids

    def and_note(
        self: Connection, criteria: object, uids: tuple[int, object] = (0, None)
    ) -> object:
        if criteria == search.ALL:
            found.append(uids[0])
        return ask(self, criteria, uids if uids[0] else None)

    monkeypatch.setattr(Connection, "search_uids", and_note)
    return found


@pytest.fixture
def synced(mailbox: Mailbox, asked: list[int]) -> Mailbox:
    """Eight letters, of which the first two are older than what was synced; all looked at."""
    for number in range(8):
        mailbox.deliver(f"m{number}", days=30 if number < 2 else 1)
    mailbox.first_sync()
    mailbox.sync()
    assert len(mailbox.ledger()) == 6
    asked.clear()
    return mailbox


def equals_the_server(mailbox: Mailbox) -> bool:
    return list(mailbox.ledger()) == [uid for uid in mailbox.uids() if uid > 2]


def test_new_mail_and_flags_ask_for_no_old_message(synced: Mailbox, asked: list[int]) -> None:
    synced.deliver("new", days=0)
    synced.sync()
    synced.command("m5", "STORE", "+FLAGS", "(\\Seen)")
    synced.sync()
    assert min(asked) == 9
    assert equals_the_server(synced)
    assert LedgerEntry.objects.get(uid=6).seen


@pytest.mark.parametrize(
    ("gone", "came"),
    [(("m4",), 0), (("m4",), 1), (("m4", "m7"), 2), (("m0",), 1), (("m2", "m3", "m4", "m5"), 4)],
)
def test_what_went_is_found_whatever_came(
    synced: Mailbox, asked: list[int], gone: tuple[str, ...], came: int
) -> None:
    for name in gone:
        synced.delete(name)
    for number in range(came):
        synced.deliver(f"n{number}", days=0)
    synced.sync()
    assert equals_the_server(synced)
    # What is older than the ledger is not asked for.
    assert min(asked) == 3
    asked.clear()
    synced.deliver("later", days=0)
    synced.sync()
    assert equals_the_server(synced)
    assert min(asked) == 9 + came


def test_one_that_came_and_went_while_the_look_went_on_is_found_by_the_next(
    synced: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = live._begin

    def meanwhile(*arguments: object) -> None:
        """After the server has told its numbers: of both that it counted as new one goes."""
        monkeypatch.setattr(live, "_begin", begin)
        synced.delete("passing")
        begin(*arguments)  # type: ignore[arg-type]

    synced.delete("m4")
    synced.deliver("passing", days=0)
    synced.deliver("staying", days=0)
    monkeypatch.setattr(live, "_begin", meanwhile)
    synced.sync()
    synced.sync()
    assert equals_the_server(synced)


def test_a_look_that_breaks_off_after_the_listing_forgets_nothing(
    synced: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many came and were listed as went before the next look: the numbers are as before."""
    for number in range(2):
        synced.deliver(f"n{number}", days=0)
    with monkeypatch.context() as broken:
        broken.setattr(live, "drain_to_the_end", lambda *_: False)
        Account.objects.update(checked_at=None)
        engine.work(synced.account.pk, "test", 30)
    assert Folder.objects.get(name="INBOX").uidnext == 11
    for name in ("m4", "m5"):
        synced.delete(name)
    synced.sync()
    assert equals_the_server(synced)


def test_a_folder_that_looks_empty_is_asked_again_before_it_is_believed(
    synced: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server in trouble shows none of its messages, for as long as the connection lasts."""
    ask = Connection.search_uids
    troubled: list[Connection] = []

    def none_at_first(self: Connection, criteria: object, uids: object = None) -> list[int]:
        if uids == (3, None) and troubled in ([], [self]):
            troubled[:] = [self]
            return []
        return ask(self, criteria, uids)  # type: ignore[arg-type]

    synced.delete("m4")
    monkeypatch.setattr(Connection, "search_uids", none_at_first)
    synced.sync()
    assert len(troubled) == 1
    assert equals_the_server(synced)
