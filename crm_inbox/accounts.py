"""What django-allauth asks us: who may sign up, what we say, how second steps are kept."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_inbox import signing_in
from sync import secrets

logger = logging.getLogger(__name__)
_MISMATCH = gettext_lazy("The user name and the password do not match. Mind upper and lower case.")


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: people come by an invitation (crm_inbox/invitations.py)."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "incorrect_password": gettext_lazy("This is not your password."),
        "incorrect_code": gettext_lazy("This code does not hold. Use the newest one."),
        "too_many_login_attempts": gettext_lazy(
            "Too many attempts failed. Wait five minutes, then try again."
        ),
        "rate_limited": gettext_lazy("Too many attempts failed. Wait a little, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def render_mail(self, *args: Any, **options: Any) -> EmailMessage:
        """Whoever asked for it calls `send`, and nothing else."""
        return cast(EmailMessage, BehindTheAnswer(super().render_mail(*args, **options)))

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Raises ValidationError where too many attempts failed; nothing is compared then."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            signing_in.note_limit(request)
            raise


class BehindTheAnswer:
    """A mail that is sent by a thread: how long that takes, or that it fails, would tell whoever
    asks for a new password whether an address is known here.
    """

    def __init__(self, message: EmailMessage) -> None:
        self._message = message

    def send(self) -> None:
        Thread(target=self._send).start()

    def _send(self) -> None:
        try:
            self._message.send()
        except OSError as error:
            # SMTPException is one, too. What the server says may name the person.
            logger.error("A link for a new password cannot be sent: %s.", type(error).__name__)


class SecondStepAdapter(DefaultMFAAdapter):
    """Seals the secrets of authenticator apps and recovery codes like mail passwords."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return secrets.seal(text).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text.encode("ascii"))

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002 - its name there
    ) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}


class SecondStep(Authenticator):
    """An authenticator app, a passkey or recovery codes, for the administration."""

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("second step at sign-in")
        verbose_name_plural = gettext_lazy("second steps at sign-in")


def password_path(user: User) -> str:
    """The page where this user, and whoever has the link, chooses a password, once."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    name = "account_reset_password_from_key"
    return reverse(name, args=[user_pk_to_url_str(user), key])
