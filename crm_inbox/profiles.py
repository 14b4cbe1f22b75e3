"""What the site keeps about the people who use it."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _


class Profile(models.Model):
    """How a person wants to see the site, in whatever browser."""

    class Appearance(models.TextChoices):
        SYSTEM = "system", _("As the system has it")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="profile"
    )
    language = models.CharField(_("language"), max_length=8, blank=True)
    appearance = models.CharField(
        _("appearance"), max_length=6, choices=Appearance.choices, default=Appearance.SYSTEM
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: User) -> Profile:
        """The person's own; one not yet saved where they have chosen nothing."""
        return cls.objects.filter(pk=user.pk).first() or cls(user=user)

    @property
    def zone(self) -> ZoneInfo | None:
        return known_zone(self.time_zone)


def known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
