"""Changing the key while everything goes on."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.accounts import SecondStepAdapter
from sync import oauth, rotating, secrets
from sync.models import Account, Grant

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))
HIDDEN = (
    "hunter2 passphrase",
    "refresh-token-1",
    "access-token-1",
    "TOTPSECRETTOTPSECRET",
    "seed-1",
)


@pytest.fixture
def accounts(db: None, settings: Settings) -> list[Account]:
    """Three with a password, the last one with a grant, too; all sealed with the old key."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    owner = User.objects.create_user("anna", password="pass of anna")
    made = []
    for number in range(3):
        account = Account(owner=owner, address=f"{number}@x.example", username=str(number))
        account.set_secret(HIDDEN[0])
        account.save()
        made.append(account)
    Grant.objects.create(
        account=made[-1],
        provider="google",
        encrypted_refresh=secrets.seal(HIDDEN[1]),
        encrypted_access=secrets.seal(HIDDEN[2]),
        access_until=timezone.now() + timedelta(hours=1),
    )
    seal = SecondStepAdapter().encrypt
    Authenticator.objects.create(user=owner, type="totp", data={"secret": seal(HIDDEN[3])})
    codes = {"seed": seal(HIDDEN[4]), "used_mask": 5}
    Authenticator.objects.create(user=owner, type="recovery_codes", data=codes)
    return made


def test_services_that_start_one_by_one_read_what_the_others_seal(settings: Settings) -> None:
    """In the order of README's steps; between two of them some know the next keys already."""
    steps = [[OLD], [OLD, NEW], [NEW, OLD]]
    for some, others in pairwise(steps):
        for sealing, reading in ((some, others), (others, some)):
            settings.FIELD_ENCRYPTION_KEYS = sealing
            sealed = secrets.seal(HIDDEN[0])
            settings.FIELD_ENCRYPTION_KEYS = reading
            assert secrets.unseal(sealed) == HIDDEN[0]


def rotate() -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def test_nothing_needs_the_old_key_afterwards(accounts: list[Account], settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert "7 secrets" in rotate()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert {account.secret() for account in Account.objects.all()} == {HIDDEN[0]}
    assert oauth.access_token(accounts[-1]) == HIDDEN[2]
    totp, codes = Authenticator.objects.order_by("pk")
    assert SecondStepAdapter().decrypt(totp.data["secret"]) == HIDDEN[3]
    assert SecondStepAdapter().decrypt(codes.data["seed"]) == HIDDEN[4]
    assert codes.data["used_mask"] == 5


def test_it_writes_nothing_twice(accounts: list[Account], settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    rotate()
    before = list(Account.objects.values_list("encrypted_secret", flat=True))
    assert "0 secrets" in rotate()
    assert list(Account.objects.values_list("encrypted_secret", flat=True)) == before


def test_it_goes_on_where_it_was_broken_off(
    accounts: list[Account], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    write, written = rotating._write, 0

    def write_once(*arguments: object) -> int:
        nonlocal written
        written += 1
        if written > 1:
            raise KeyboardInterrupt
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rotating, "_write", write_once)
    with pytest.raises(KeyboardInterrupt):
        rotating.rotate(batch=1)
    monkeypatch.undo()
    assert rotating.rotate(batch=1).anew == 4


def test_a_password_that_comes_meanwhile_is_not_lost(
    accounts: list[Account], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    write = rotating._write

    def write_late(cursor: object, column: rotating.Column, changed: list[object]) -> int:
        Account.objects.filter(pk=accounts[0].pk).update(encrypted_secret=secrets.seal("newer"))
        return write(cursor, column, changed)  # type: ignore[arg-type]

    monkeypatch.setattr(rotating, "_write", write_late)
    rotating.rotate()
    assert Account.objects.get(pk=accounts[0].pk).secret() == "newer"


def test_it_says_what_no_key_opens_and_does_the_rest(
    accounts: list[Account], settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [LOST]
    accounts[0].set_secret("gone")
    accounts[0].save()
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 can be read with none"):
        rotate()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert Account.objects.get(pk=accounts[1].pk).secret() == HIDDEN[0]
