"""Mail passwords, sealed with FIELD_ENCRYPTION_KEYS before they reach the database.

To change the key: add the new one behind the old one, put it first, start everything anew after
each, run `manage.py rotate_keys` (sync/rotating.py), then drop the old one.
"""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.views.decorators.debug import sensitive_variables


class SecretUnreadable(Exception):
    """What is stored was sealed with a key that is not here, is damaged, or is empty."""

    def __init__(self) -> None:
        super().__init__("The password cannot be read with the keys in FIELD_ENCRYPTION_KEYS.")


@sensitive_variables()
def seal(text: str) -> bytes:
    """The text, any Unicode, encrypted and signed with the first key."""
    return _keys().encrypt(text.encode("utf-8", "surrogatepass"))


@sensitive_variables()
def unseal(sealed: bytes) -> str:
    """The text again, whichever key sealed it; raises SecretUnreadable."""
    try:
        return _keys().decrypt(sealed).decode("utf-8", "surrogatepass")
    except InvalidToken:
        raise SecretUnreadable from None


def rotate(sealed: bytes) -> bytes:
    """The same text sealed with the first key; raises SecretUnreadable."""
    try:
        return _keys().rotate(sealed)
    except InvalidToken:
        raise SecretUnreadable from None


def is_current(sealed: bytes) -> bool:
    """Whether the first key alone opens it."""
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def _keys() -> MultiFernet:
    keys: Sequence[str] = settings.FIELD_ENCRYPTION_KEYS
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        # No cause either: it may quote the key.
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS must hold keys of 32 bytes in URL-safe base64."
        ) from None
