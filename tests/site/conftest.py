"""A signed-in browser without a screen, and mail to look at."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync import rows
from sync.arrival import Arrival
from sync.models import Account, Folder, LedgerEntry, Message
from sync.parse import Unread
from sync.store import store

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", password="open sesame")


@pytest.fixture
def client(anna: User) -> Client:
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss", "boss@demo.example", "x"))
    return client


@pytest.fixture
def account(anna: User) -> Account:
    return make_account(anna, "me@crm.example")


def make_account(owner: User, address: str) -> Account:
    return Account.objects.create(
        owner=owner,
        address=address,
        own_addresses=[address],
        host="127.0.0.1",
        port=1,
        security=Account.Security.PLAIN,
        username=address,
    )


def receive(account: Account, raw: bytes, uid: int = 1) -> Message:
    """Store a mail as a sync would."""
    folder, _ = Folder.objects.get_or_create(
        account=account,
        raw_name=b"INBOX",
        defaults={"name": "INBOX", "uidvalidity": 1, "uidnext": 1000},
    )
    at = NOW + timedelta(minutes=uid)
    entry = LedgerEntry.objects.create(
        folder=folder, uidvalidity=1, uid=uid, arrived_at=at, size=len(raw)
    )
    read = rows.read(Unread(raw, len(raw), at))
    arrival = Arrival([entry.pk], read.key, read, at, len(raw), seen=False, direction="received")
    store(account, [arrival])
    return Message.objects.get(account=account, dedupe_key=read.key)


def mail(
    name: str, text: str, content_type: str = "text/plain", sender: str = "Jan <jan@firma.example>"
) -> bytes:
    return (
        f"From: {sender}\r\nTo: me@crm.example\r\nSubject: About {name}\r\n"
        f"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@x.example>\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: {content_type}; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
