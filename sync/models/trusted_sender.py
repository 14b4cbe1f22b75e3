"""Senders whose images a person wants to see without being asked."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TrustedSender(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    address = models.TextField(help_text=_("Normalised, as contacts.Address.normalized."))
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "address"], name="trusted_sender_once")
        ]

    def __str__(self) -> str:
        return self.address
