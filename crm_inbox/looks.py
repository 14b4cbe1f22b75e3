"""Who of the administrators looked at whose mail, for good.

The database itself refuses to change or remove a row of it.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models import Message


class Look(models.Model):
    """One look. It refers to nothing: it stays when the mail, the account or the person goes."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    administrator = models.CharField(_("administrator"), max_length=150)
    administrator_id = models.BigIntegerField()
    account = models.CharField(_("account"), max_length=320)
    message_id = models.BigIntegerField(_("message"))

    class Meta:
        verbose_name = _("look at mail")
        verbose_name_plural = _("looks at mail")

    def __str__(self) -> str:
        return f"{self.administrator}: {self.account}"

    @classmethod
    def note(cls, administrator: User, message: Message) -> None:
        """Before anything of it is shown."""
        cls._default_manager.create(
            administrator=administrator.get_username(),
            administrator_id=administrator.pk,
            account=message.account.address,
            message_id=message.pk,
        )
