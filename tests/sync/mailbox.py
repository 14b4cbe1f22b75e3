"""A person's mailbox on a real Dovecot, beside the account that syncs it."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.utils import timezone

from crm_inbox.local.dovecot import Dovecot
from sync import engine, folders, runs
from sync.leases import claim
from sync.models import Account, LedgerEntry, Message, Run
from sync.session import Session
from sync.wire import encode_name
from tests.imap.dovecot import PASSWORD, People

NOW = datetime.now(UTC).replace(microsecond=0)


def letter(
    name: str,
    *,
    sender: str = "jan@firma.example",
    to: str = "me@crm.example",
    references: str = "",
    subject: str = "",
    text: str = "",
) -> bytes:
    """A mail whose Message-ID is its name."""
    return (
        f"From: {sender.partition('@')[0].title()} <{sender}>\r\nTo: {to}\r\n"
        f"Subject: {subject or 'Letter ' + name}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        f"Message-ID: <{name}@mail.example>\r\n"
        + (f"References: {references}\r\n" if references else "")
        + f"\r\n{text or 'Text of ' + name}\r\n"
    ).encode()


def connected(host: str, port: int, name: str) -> Account:
    """Anna's account for the mailbox of that name, not synced yet."""
    owner, _ = User.objects.get_or_create(username="anna")
    account = Account(
        owner=owner,
        address="me@crm.example",
        own_addresses=["me@crm.example"],
        host=host,
        port=port,
        security=Account.Security.PLAIN,
        username=name,
    )
    account.set_secret(PASSWORD)
    account.save()
    return account


class Syncing:
    """An account whose mailbox is wherever a test has it: sync, and look at what is here."""

    account: Account

    def start(self) -> Run:
        return runs.start_first_sync(self.account)

    def sync(self) -> None:
        """Work until nothing is left, with a look for new mail."""
        self.try_to_sync()
        assert not self.account.problem, (self.account.problem, self.account.problem_detail)

    def try_to_sync(self) -> None:
        """The same where something may be wrong with the account."""
        Account.objects.filter(pk=self.account.pk).update(checked_at=None)
        for _ in range(100):
            if not engine.work(self.account.pk, "test", 30):
                break
        self.account.refresh_from_db()

    def first_sync(self) -> None:
        self.start()
        self.sync()

    def past_sync(self, months: int = 12, scope: str = "everyone", restore: bool = False) -> Run:
        run = runs.start_past_sync(self.account, months, scope, restore)  # type: ignore[arg-type]
        self.sync()
        run.refresh_from_db()
        return run

    @property
    def letters(self) -> list[str]:
        """Names of the letters here, in the order of the alphabet."""
        living = Message.objects.filter(account=self.account, tombstone_since=None)
        return sorted(
            name.partition("@")[0] for name in living.values_list("message_id", flat=True)
        )

    def ledger(self, folder: str = "INBOX") -> dict[int, str]:
        """UID to state, or reason where left out; those still on the server."""
        rows = LedgerEntry.objects.filter(
            folder__account=self.account, folder__name=folder, expunged_at=None
        )
        return {row.uid: row.reason or row.state for row in rows.order_by("uid")}

    def choose_first(self, *names: str) -> None:
        """Learn the labels and choose among them before anything is synced."""
        lease = claim(self.account.pk, "test")
        assert lease
        with Session(self.account, lease, 10) as session:
            folders.refresh(session)
        lease.release()
        self.labels(*names)

    def labels(self, *names: str) -> None:
        """Choose labels by name; they must be known already."""
        self.account.label_choice = Account.LabelChoice.CHOSEN
        self.account.save(update_fields=["label_choice"])
        self.account.labels.update(chosen=False)
        assert self.account.labels.filter(name__in=names).update(chosen=True) == len(names)
        runs.labels_changed(self.account)


class Mailbox(Syncing):
    """Deliver, move and delete at the server; sync, and look at what is here."""

    def __init__(self, dovecot: Dovecot, name: str) -> None:
        self.dovecot, self.name = dovecot, name
        for folder in ("Sent", "Drafts", "Trash", "Junk"):
            dovecot.add_folder(name, folder)
        self.account = connected(dovecot.host, dovecot.port, name)

    # --- at the server

    def deliver(
        self,
        name: str,
        folder: str = "INBOX",
        *,
        days: float = 0.5,
        flags: tuple[str, ...] = (),
        raw: bytes | None = None,
        sender: str = "jan@firma.example",
        to: str = "me@crm.example",
        references: str = "",
    ) -> None:
        """A letter of that name, `days` old."""
        raw = raw or letter(name, sender=sender, to=to, references=references)
        self.dovecot.deliver(self.name, folder, raw, NOW - timedelta(days=days), flags)

    @contextmanager
    def open(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """As another mail program that can write."""
        client = imaplib.IMAP4(self.dovecot.host, self.dovecot.port)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{self.name}\0{PASSWORD}".encode())
            client.select(f'"{encode_name(folder).decode()}"')
            yield client
        except BaseException:
            client.shutdown()
            raise
        client.logout()

    def uids(self, folder: str = "INBOX") -> list[int]:
        with self.open(folder) as client:
            return [int(uid) for uid in client.uid("SEARCH", "ALL")[1][0].split()]

    def uid_of(self, name: str, folder: str = "INBOX") -> str:
        with self.open(folder) as client:
            found = client.uid("SEARCH", "HEADER", "Message-ID", f"{name}@mail.example")[1][0]
        return str(found.decode().split()[0])

    def command(self, name: str, *arguments: str, folder: str = "INBOX") -> None:
        """A UID command about a letter: ("a", "MOVE", "Work") or ("a", "STORE", "+FLAGS", …)."""
        uid = self.uid_of(name, folder)
        with self.open(folder) as client:
            verb, *rest = arguments
            status, said = client.uid(verb, uid, *rest)
            assert status == "OK", said

    def delete(self, name: str, folder: str = "INBOX") -> None:
        self.command(name, "STORE", "+FLAGS", "(\\Deleted)", folder=folder)
        with self.open(folder) as client:
            client.expunge()


def dump(account: Account) -> dict[str, list[tuple[object, ...]]]:
    """All that sync has written of an account, without ids and times of the writing."""
    statements = {
        "ledger": "SELECT folder.name, entry.uidvalidity, entry.uid, entry.state, entry.reason,"
        " entry.problem, entry.arrived_at, entry.size, entry.seen, entry.expunged_at IS NULL,"
        " encode(message.dedupe_key, 'hex')"
        " FROM sync_ledgerentry entry JOIN sync_folder folder ON folder.id = folder_id"
        " LEFT JOIN sync_message message ON message.id = entry.message_id"
        " WHERE folder.account_id = %s",
        "messages": "SELECT encode(dedupe_key, 'hex'), message.message_id, subject, from_name,"
        " from_address, snippet, sent_at, arrived_at, size, direction, quality, seen,"
        " has_attachments, left_server_at IS NULL, tombstone_since IS NULL, md5(body.packed)"
        " FROM sync_message message"
        " LEFT JOIN sync_messagebody body ON body.message_id = message.id WHERE account_id = %s",
        "threads": "SELECT state, subject, snippet, people::text, last_message_at, message_count,"
        " unread_count, has_attachments, has_sent, from_contact, to_contact,"
        " (SELECT array_agg(message_id ORDER BY message_id) FROM sync_message"
        "  WHERE thread_id = thread.id) FROM sync_thread thread WHERE account_id = %s",
        "people": "SELECT encode(dedupe_key, 'hex'), role, position, name, address"
        " FROM sync_participant person JOIN sync_message message ON message.id = person.message_id"
        " WHERE account_id = %s",
        "references": "SELECT encode(digest, 'hex') FROM sync_threadreference"
        " WHERE account_id = %s",
        "folders": "SELECT name, uidvalidity, uidnext, highestmodseq, messages, selectable"
        " FROM sync_folder WHERE account_id = %s",
        "labels": "SELECT folder.name, thread.subject, pair.state FROM sync_threadfolder pair"
        " JOIN sync_folder folder ON folder.id = folder_id"
        " JOIN sync_thread thread ON thread.id = thread_id WHERE folder.account_id = %s",
        "coverage": "SELECT folder.name, label_id, scope, since FROM sync_coverage"
        " JOIN sync_folder folder ON folder.id = folder_id WHERE account_id = %s",
    }
    found: dict[str, list[tuple[object, ...]]] = {}
    with database.cursor() as cursor:
        for name, statement in statements.items():
            cursor.execute(statement, [account.pk])
            found[name] = sorted(cursor.fetchall(), key=repr)
        for part in ("messagebody", "participant", "attachment", "searchbacklog"):
            cursor.execute(
                f"SELECT count(*) FROM sync_{part} part WHERE NOT EXISTS"  # noqa: S608
                " (SELECT FROM sync_message message WHERE message.id = part.message_id)"
            )
            assert cursor.fetchone() == (0,), f"a {part} without its message"
    return found


def conversations() -> set[tuple[str, ...]]:
    """The letters of each conversation, by name, the oldest first."""
    found: dict[int, list[str]] = {}
    letters = Message.objects.order_by("arrived_at", "pk").values_list("thread", "message_id")
    for thread, name in letters:
        found.setdefault(thread, []).append(name.partition("@")[0])
    return {tuple(names) for names in found.values()}


def a_moment_ago(account: Account) -> None:
    """As if the account had just been looked at."""
    Account.objects.filter(pk=account.pk).update(checked_at=timezone.now())


@pytest.fixture
def mailbox(people: People, transactional_db: None) -> Mailbox:
    """A mailbox of somebody new, connected and not synced yet."""
    return Mailbox(people.dovecot, people.new().name)
