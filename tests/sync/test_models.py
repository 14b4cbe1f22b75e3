"""What the database itself refuses: nothing doubled, nothing left out without a reason."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run, Thread

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def account() -> Account:
    owner = User.objects.create_user("anna")
    return Account.objects.create(
        owner=owner, address="anna@demo.example", host="imap.demo.example", username="anna"
    )


@pytest.fixture
def folder(account: Account) -> Folder:
    return Folder.objects.create(account=account, raw_name=b"A&-B", name="A&B", uidvalidity=7)


def entry(folder: Folder, uid: int, **values: object) -> LedgerEntry:
    return LedgerEntry.objects.create(
        folder=folder, uidvalidity=7, uid=uid, arrived_at=NOW, size=100, **values
    )


def test_it_connects_a_login_once(account: Account) -> None:
    with pytest.raises(IntegrityError, match="account_connected_once"):
        Account.objects.create(
            owner=account.owner, address="x@demo.example", host=account.host, username="anna"
        )


def test_it_tells_folders_by_their_raw_name(folder: Folder) -> None:
    with pytest.raises(IntegrityError, match="folder_once_an_account"):
        Folder.objects.create(account=folder.account, raw_name=b"A&-B", name="other")


def test_it_decides_once_about_a_uid(folder: Folder) -> None:
    entry(folder, 1)
    with pytest.raises(IntegrityError, match="ledger_once_a_uid"):
        entry(folder, 1)


def test_it_leaves_nothing_out_without_a_reason(folder: Folder) -> None:
    entry(folder, 1, state="left_out", reason="too_old")
    with pytest.raises(IntegrityError, match="ledger_left_out_says_why"):
        entry(folder, 2, state="left_out")


def test_it_has_no_reason_for_what_is_not_left_out(folder: Folder) -> None:
    with pytest.raises(IntegrityError, match="ledger_left_out_says_why"):
        entry(folder, 1, state="listed", reason="label")


def test_it_fails_nothing_without_a_problem(folder: Folder) -> None:
    entry(folder, 1, state="failed", problem="cut_off")
    with pytest.raises(IntegrityError, match="ledger_failed_says_why"):
        entry(folder, 2, state="failed")


def test_it_calls_nothing_stored_without_its_message(folder: Folder) -> None:
    with pytest.raises(IntegrityError, match="ledger_stored_has_message"):
        entry(folder, 1, state="stored")


def test_it_stores_a_message_once_an_account(account: Account) -> None:
    thread = Thread.objects.create(account=account, owner=account.owner, last_message_at=NOW)

    def store() -> Message:
        return Message.objects.create(
            account=account,
            thread=thread,
            dedupe_key=b"k" * 16,
            arrived_at=NOW,
            size=1,
            direction="received",
        )

    store()
    with pytest.raises(IntegrityError, match="message_once_an_account"):
        store()


def test_it_has_one_conversation_for_a_thread_of_the_server(account: Account) -> None:
    def open_thread(server_thread: str) -> Thread:
        return Thread.objects.create(
            account=account, owner=account.owner, last_message_at=NOW, server_thread=server_thread
        )

    open_thread("")
    open_thread("")
    open_thread("1500")
    with pytest.raises(IntegrityError, match="thread_once_a_server_thread"):
        open_thread("1500")


def test_it_covers_a_whole_folder_once_a_scope(folder: Folder) -> None:
    Coverage.objects.create(folder=folder, scope="everyone", since=NOW)
    Coverage.objects.create(folder=folder, scope="contacts", since=NOW, contacts_as_of=NOW)
    with pytest.raises(IntegrityError, match="coverage_once_a_scope"):
        Coverage.objects.create(folder=folder, scope="everyone", since=NOW)


def test_it_has_one_open_run_of_a_kind(account: Account) -> None:
    Run.objects.create(account=account, kind="past", state="done")
    Run.objects.create(account=account, kind="past")
    Run.objects.create(account=account, kind="live")
    with pytest.raises(IntegrityError, match="run_one_open_a_kind"):
        Run.objects.create(account=account, kind="past", state="paused")
