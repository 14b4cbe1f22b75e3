"""Many mailboxes at once: filled, connected, and compared with the server in the end."""

from __future__ import annotations

import imaplib
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from tests.bench.fleet import PASSWORD, Fleet

if TYPE_CHECKING:
    from sync.models import Account

SITE_PASSWORD = "open sesame"
FOLDERS = ("INBOX", "Sent", "Projects")


def letter(user: str, number: int) -> bytes:
    """A mail of some kilobytes; every fifth answers the one before it, every tenth has a file."""
    parent = f"In-Reply-To: <{user}.{number - 1}@mail.example>\r\n" if number % 5 == 4 else ""
    head = (
        f"From: Jan <jan{number % 7}@firma.example>\r\nTo: {user}@crm.example\r\n"
        f"Subject: Letter {number}\r\nMessage-ID: <{user}.{number}@mail.example>\r\n{parent}"
        "MIME-Version: 1.0\r\n"
    )
    text = f"Dear {user},\r\n" + "a line of what people write to each other\r\n" * 40
    if number % 10:
        return (head + "\r\n" + text).encode()
    return (
        head
        + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n'
        + text
        + "\r\n--b\r\n"
        "Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + ("QUJD" * 19 + "\r\n") * 200 + "--b--\r\n"
    ).encode()


def fill(fleet: Fleet, users: int, messages: int) -> list[str]:
    """A year of mail for each; a tenth of it from the last two days, some in two folders."""
    now = datetime.now(UTC)
    names = [f"u{number}" for number in range(users)]
    for name in names:
        random = Random(name)
        fleet.dovecot.add_user(name, PASSWORD)
        for number in range(messages):
            days = random.uniform(0.1, 2) if number % 10 == 0 else random.uniform(3, 300)
            folder = FOLDERS[number % 7 % 3]
            raw, date = letter(name, number), now - timedelta(days=days)
            fleet.dovecot.deliver(name, folder, raw, date)
            if number % 25 == 0 and folder != "Projects":
                fleet.dovecot.deliver(name, "Projects", raw, date)
    return names


def connect(fleet: Fleet, names: list[str]) -> list[Account]:
    """As people do it: the account, and its first sync."""
    from django.contrib.auth.models import User

    from sync import runs
    from sync.models import Account

    owner, _ = User.objects.get_or_create(username="anna")
    owner.set_password(SITE_PASSWORD)
    owner.save()
    accounts = []
    for name in names:
        address = f"{name}@crm.example"
        account = Account(
            owner=owner, address=address, own_addresses=[address], host=fleet.dovecot.host,
            port=fleet.dovecot.port, security="plain", username=name,
        )  # fmt: skip
        account.set_secret(PASSWORD)
        account.save()
        runs.start_first_sync(account)
        accounts.append(account)
    return accounts


def ask_for_the_past() -> int:
    """A year of past emails for whoever has their first sync; how many still have not."""
    from sync import runs
    from sync.models import Account, Run

    ready = Account.objects.exclude(first_sync_done_at=None)
    for account in ready.exclude(runs__kind=Run.Kind.PAST):
        runs.start_past_sync(account, 12, "everyone")
    return Account.objects.filter(first_sync_done_at=None).count()


def is_synced() -> bool:
    from sync.models import Account, News, Run

    waiting = ask_for_the_past()
    open_runs = Run.objects.filter(state__in=Run.OPEN).exists()
    return not (waiting or open_runs or News.objects.exists()) and Account.objects.exists()


def differences(fleet: Fleet, account: Account) -> list[str]:
    """Between the server and the ledger, and what is there twice; empty where all is right."""
    from django.db.models import Count

    from sync.models import LedgerEntry, Message

    found = []
    client = imaplib.IMAP4(fleet.dovecot.host, fleet.dovecot.port)
    client.login(account.username, PASSWORD)
    there: set[str] = set()
    for folder in FOLDERS:
        client.select(folder, readonly=True)
        uids = [int(uid) for uid in client.uid("SEARCH", "ALL")[1][0].split()]
        rows = LedgerEntry.objects.filter(
            folder__account=account, folder__name=folder, expunged_at=None
        )
        here = dict(rows.values_list("uid", "state"))
        if sorted(here) != uids:
            found.append(f"{account} {folder}: {len(here)} in the ledger, {len(uids)} there")
        if wrong := set(here.values()) - {LedgerEntry.State.STORED}:
            found.append(f"{account} {folder}: {wrong}")
        if uids:
            answer = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
            headers = [part[1].decode() for part in answer if isinstance(part, tuple)]
            there |= {header.split("<")[1].split(">")[0] for header in headers}
    client.logout()
    messages = Message.objects.filter(account=account)
    twice = messages.values("message_id").annotate(times=Count("pk")).filter(times__gt=1).count()
    if twice or set(messages.values_list("message_id", flat=True)) != there:
        found.append(f"{account}: {messages.count()} messages, {len(there)} there, {twice} twice")
    return found
