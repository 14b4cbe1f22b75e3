"""What a person allowed us at a provider that signs people in itself (OAuth 2)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account


class Grant(models.Model):
    """Tokens in place of a password, sealed; see sync/oauth.py."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="grant"
    )
    provider = models.CharField(max_length=16)
    encrypted_refresh = models.BinaryField(
        editable=False, help_text=_("Sealed; good until the person takes it back.")
    )
    encrypted_access = models.BinaryField(
        editable=False, help_text=_("Sealed; good until access_until.")
    )
    access_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.provider} grant of account {self.account_id}"
