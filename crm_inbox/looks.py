"""Which administrator looked at whose mail, or made a way to sign in as somebody else, for good.

The second is as good as the first: whoever can choose a person's password can read the mail. The
database itself refuses to change or remove a row of it.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models import Message


class Look(models.Model):
    """It refers to nothing: it stays when the mail, the account or the person goes."""

    class What(models.TextChoices):
        MAIL = "mail", _("Read a message")
        LINK = "link", _("Made a link for a new password")
        PERSON = "person", _("Changed a password, an address or rights")
        SECOND_STEP = "step", _("Removed a second step")

    what = models.CharField(
        _("what"), max_length=8, choices=What.choices, default=What.MAIL, db_default=What.MAIL
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    administrator = models.CharField(_("administrator"), max_length=150)
    administrator_id = models.BigIntegerField()
    account = models.CharField(_("of whom"), max_length=320)
    message_id = models.BigIntegerField(_("message"), null=True)

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")

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

    @classmethod
    def note_way_in(cls, administrator: User, person: User, what: Look.What) -> None:
        cls._default_manager.create(
            what=what,
            administrator=administrator.get_username(),
            administrator_id=administrator.pk,
            account=person.get_username(),
        )
