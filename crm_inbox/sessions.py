"""Who is signed in where. A copy of the database lets nobody in, and tells nothing of a session.

The cookie's key is kept nowhere: a session is found by the key's digest, and what it holds (a
link for a new password, the state of a sign-in at a provider) is sealed with the key itself.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import user_logged_in
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, models, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What is told of a browser, within the session, so that it outlives a change of its key.
_BROWSER = "browser"


class SessionQuerySet(models.QuerySet["Session"]):
    def open(self) -> SessionQuerySet:
        return self.filter(ends_at__gt=timezone.now())

    def of(self, user: User) -> SessionQuerySet:
        """The person's own that still hold: a new password ends those before it."""
        return self.open().filter(user=user, password_hash=user.get_session_auth_hash())

    def of_anybody(self) -> SessionQuerySet:
        """The same of all people. Whether one holds is not known to the database."""
        rows = self.open().exclude(user=None).select_related("user")
        held = [
            row.pk
            for row in rows
            if row.user and row.password_hash == row.user.get_session_auth_hash()
        ]
        return self.filter(pk__in=held)


class Session(models.Model):
    """A browser; without `user` one in which nobody has signed in."""

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    sealed = models.BinaryField(editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    # Django's own digest of the password's hash, by which it notices that the password is another.
    password_hash = models.CharField(max_length=128, editable=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200)
    begun_at = models.DateTimeField(_("signed in"), auto_now_add=True)
    ends_at = models.DateTimeField(_("ends"), db_index=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")

    def __str__(self) -> str:
        return f"{self.ip or ''} {self.user_agent}".strip()


class SessionStore(SessionBase):
    """Django's interface to it. `session_key` is what the cookie holds."""

    @property
    def digest(self) -> str:
        return _digest(self.session_key)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=_digest(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # not in the stubs
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError where it was ended meanwhile, CreateError where it is there."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # the same
        columns = self._columns(data)
        if not must_create:
            if not Session.objects.filter(pk=self.digest).update(**columns):
                raise UpdateError
            return
        try:
            with transaction.atomic():
                Session.objects.create(pk=self.digest, **columns)
        except IntegrityError as error:
            raise CreateError from error

    def load(self) -> dict[str, Any]:
        row = Session.objects.open().filter(pk=self.digest).first()
        if row is None:
            self._session_key = None
            return {}
        try:
            opened = _lock(self.session_key).decrypt(bytes(row.sealed))
        except InvalidToken:
            return {}
        return dict(self.serializer().loads(opened))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(pk=_digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(ends_at__lte=timezone.now()).delete()

    def _columns(self, data: dict[str, Any]) -> dict[str, Any]:
        browser = data.get(_BROWSER, {})
        return {
            "sealed": _lock(self.session_key).encrypt(self.serializer().dumps(data)),
            "user_id": data.get(SESSION_KEY),
            "password_hash": data.get(HASH_SESSION_KEY, ""),
            "ip": browser.get("ip"),
            "user_agent": browser.get("user_agent", ""),
            "ends_at": self.get_expiry_date(),
        }


def _digest(key: str | None) -> str:
    """Of no key one that is nobody's."""
    return hashlib.sha256((key or "").encode()).hexdigest()


def _lock(key: str | None) -> Fernet:
    """From another digest, which nothing in the database tells."""
    digest = hashlib.sha256(b"sealed:" + (key or "").encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


@receiver(user_logged_in)
def _note_browser(request: HttpRequest, **_: object) -> None:
    adapter = get_adapter()
    request.session[_BROWSER] = {
        "ip": adapter.get_client_ip(request),
        "user_agent": adapter.get_http_user_agent(request)[:200],
    }
