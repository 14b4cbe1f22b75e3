"""Mail passwords: never in clear in the database, any Unicode, keys that change."""

import traceback

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from sync import secrets
from sync.models import Account
from sync.secrets import SecretUnreadable

PASSWORD = "Zażółć gęślą jaźń 🔑\n'\"\\\x00"
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


@pytest.fixture
def account(db: None) -> Account:
    account = Account(
        owner=User.objects.create_user("anna"),
        address="anna@demo.example",
        host="imap.demo.example",
        username="anna",
    )
    account.set_secret(PASSWORD)
    account.save()
    return account


def test_it_gives_the_password_back(account: Account) -> None:
    assert Account.objects.get().secret() == PASSWORD


def test_it_keeps_no_clear_text_in_the_database(account: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, convert_from(encrypted_secret, 'UTF8') FROM sync_account a")
        row, sealed = cursor.fetchone()
    assert sealed == bytes(account.encrypted_secret).decode()
    for clear in ("Zażółć", "Zażółć".encode().hex(), "gęślą", "gęślą".encode().hex()):
        assert clear not in row
        assert clear not in sealed


@given(st.text(st.characters(codec=None)))
def test_it_seals_any_unicode(text: str) -> None:
    assert secrets.unseal(secrets.seal(text)) == text


def test_it_seals_the_same_text_differently_each_time() -> None:
    assert secrets.seal(PASSWORD) != secrets.seal(PASSWORD)


def test_it_reads_with_every_key_and_seals_with_the_first(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    before = secrets.seal(PASSWORD)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert secrets.unseal(before) == PASSWORD
    after = secrets.seal(PASSWORD)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert secrets.unseal(after) == PASSWORD
    with pytest.raises(SecretUnreadable):
        secrets.unseal(before)


def test_it_needs_the_old_key_no_more_after_rotating(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    sealed = secrets.seal(PASSWORD)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    rotated = secrets.rotate(sealed)
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert secrets.unseal(rotated) == PASSWORD
    with pytest.raises(SecretUnreadable):
        secrets.rotate(sealed)


@pytest.mark.parametrize(
    "sealed",
    [b"", b"\xff\x00", PASSWORD.encode(), secrets.seal("x")[:-5]],
    ids=["empty", "junk", "never sealed", "cut off"],
)
def test_it_says_so_when_it_cannot_read(sealed: bytes) -> None:
    with pytest.raises(SecretUnreadable, match="FIELD_ENCRYPTION_KEYS"):
        secrets.unseal(sealed)


def test_it_names_the_account_and_nothing_secret(account: Account, settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(SecretUnreadable) as caught:
        account.secret()
    said = "".join(traceback.format_exception(caught.value))
    assert "anna@demo.example" in said
    for hidden in (NEW, bytes(account.encrypted_secret).decode(), "Zażółć"):
        assert hidden not in said


@pytest.mark.parametrize("keys", [[], ["short-and-secret"], [NEW, "ąę"], [NEW[:-5]]])
def test_it_refuses_unusable_keys_without_showing_them(keys: list[str], settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_ENCRYPTION_KEYS") as caught:
        secrets.seal(PASSWORD)
    said = "".join(traceback.format_exception(caught.value))
    assert not any(key in said for key in keys)
