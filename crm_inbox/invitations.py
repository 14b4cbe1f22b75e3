"""How people come in: an administrator's invitation, good once and for some days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# How long administrators can see who came in by whom, and who never did.
KEPT = timedelta(days=365)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=timezone.now())

    def forget_old(self) -> None:
        self.filter(expires_at__lt=timezone.now() - KEPT).delete()

    def by_token(self, token: str) -> InvitationQuerySet:
        return self.filter(digest=_digest(token))


class Invitation(models.Model):
    """Of the link only a digest is kept: a copy of the database lets nobody in."""

    email = models.EmailField(gettext_lazy("email address"))
    administrator = models.BooleanField(
        gettext_lazy("administrator"),
        default=False,
        help_text=gettext_lazy("May invite people and see the state of all accounts."),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=gettext_lazy("invited by"),
    )
    created_at = models.DateTimeField(gettext_lazy("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(gettext_lazy("holds until"))
    accepted_at = models.DateTimeField(gettext_lazy("accepted"), null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("invitation")
        verbose_name_plural = gettext_lazy("invitations")

    def __str__(self) -> str:
        return self.email

    @classmethod
    def make(cls, email: str, invited_by: User, *, administrator: bool) -> tuple[Invitation, str]:
        """The invitation and its token, which is told only now; older ones end."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            cls.objects.open().filter(email__iexact=email).delete()
            made = cls.objects.create(
                email=email,
                administrator=administrator,
                digest=_digest(token),
                invited_by=invited_by,
                expires_at=timezone.now() + timedelta(days=settings.INVITATION_DAYS),
            )
        return made, token

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()

    def send(self, link: str) -> bool:
        """By mail; False where the site sends none, or its mail server does not take it."""
        if not settings.EMAIL_HOST:
            return False
        context = {"link": link, "invitation": self, "days": settings.INVITATION_DAYS}
        text = render_to_string("team/invitation.txt", context)
        try:
            send_mail(_("Your invitation to CRM Inbox"), text, None, [self.email])
        except OSError:
            # SMTPException is one, too.
            return False
        return True

    @classmethod
    def accept(cls, token: str, username: str, password: str) -> User | None:
        """The new user; None where the link has been used, withdrawn, or is too old."""
        with transaction.atomic():
            # Of two who come at once the second one waits here, and finds it accepted.
            found = cls.objects.open().by_token(token).select_for_update().first()
            if found is None:
                return None
            user = User.objects.create_user(username, found.email, password)
            user.is_staff = user.is_superuser = found.administrator
            user.save(update_fields=["is_staff", "is_superuser"])
            found.accepted_at = timezone.now()
            found.save(update_fields=["accepted_at"])
        return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
