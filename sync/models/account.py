"""A connected mailbox login."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from sync import secrets


class Account(models.Model):
    """One login at one IMAP server; it belongs to the user who connected it."""

    class Security(models.TextChoices):
        TLS = "tls", _("TLS")
        STARTTLS = "starttls", _("STARTTLS")
        PLAIN = "plain", _("Not encrypted")

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ON_HOLD = "on_hold", _("Paused by its owner")
        REFUSED = "refused", _("Password refused")
        REMOVING = "removing", _("Being removed")

    class LabelChoice(models.TextChoices):
        ALL = "all", _("Sync all emails")
        CHOSEN = "chosen", _("Sync emails with specific labels")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="mail_accounts",
        verbose_name=_("owner"),
    )
    address = models.CharField(_("email address"), max_length=320)
    own_addresses = ArrayField(
        models.CharField(max_length=320),
        default=list,
        blank=True,
        help_text=_("Normalised. They never count as a contact, and mail from them is sent mail."),
    )

    host = models.CharField(_("IMAP server"), max_length=255)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(
        _("security"), max_length=8, choices=Security.choices, default=Security.TLS
    )
    username = models.CharField(_("user name"), max_length=320)
    encrypted_secret = models.BinaryField(editable=False, default=bytes)

    gmail = models.BooleanField(
        "Gmail",
        default=False,
        help_text=_("The server has Gmail's labels and its All Mail folder."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.ACTIVE)
    label_choice = models.CharField(
        _("what is synced"), max_length=6, choices=LabelChoice.choices, default=LabelChoice.ALL
    )
    problem = models.CharField(max_length=40, blank=True, help_text=_("Code of the last error."))
    problem_detail = models.TextField(
        _("the server's own words"), blank=True, help_text=_("The server's own words.")
    )
    failures = models.PositiveIntegerField(
        _("failures in a row"), default=0, help_text=_("Errors since the last success.")
    )
    retry_at = models.DateTimeField(_("next try"), null=True, blank=True)
    checked_at = models.DateTimeField(_("last look"), null=True, blank=True)
    listed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its folders were listed.")
    )
    first_sync_done_at = models.DateTimeField(_("first sync done"), null=True, blank=True)
    created_at = models.DateTimeField(_("connected"), auto_now_add=True)

    # How much past mail was fetched on the last day that any was; see sync.allowance.
    past_day = models.DateField(null=True, editable=False)
    past_bytes = models.PositiveBigIntegerField(db_default=0, editable=False)

    queued_until = models.DateTimeField(
        _("a worker comes by"),
        null=True,
        blank=True,
        help_text=_("A worker for its open runs has been asked for and will come by then."),
    )
    # One worker at a time: claimed by compare-and-swap, and the epoch is checked in every commit,
    # so that a worker that lost its lease cannot write.
    lease_holder = models.CharField(_("worker"), max_length=64, blank=True)
    lease_until = models.DateTimeField(_("its lease ends"), null=True, blank=True)
    lease_epoch = models.PositiveBigIntegerField(_("number of the lease"), default=0)

    class Meta:
        verbose_name = _("email account")
        verbose_name_plural = _("email accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "host", "username"], name="account_connected_once"
            )
        ]

    def __str__(self) -> str:
        return self.address

    @sensitive_variables()
    def set_secret(self, text: str) -> None:
        """Seal the password on this row, which the caller saves."""
        self.encrypted_secret = secrets.seal(text)

    def lock(self) -> None:
        """Inside a transaction: what puts messages into conversations waits for each other."""
        Account.objects.select_for_update(no_key=True).only("id").get(pk=self.pk)

    def secret(self) -> str:
        """The password; raises SecretUnreadable, which names the account."""
        try:
            return secrets.unseal(bytes(self.encrypted_secret))
        except secrets.SecretUnreadable as error:
            error.add_note(f"Account {self.pk}, {self.address}")
            raise

    def works_again(self) -> None:
        """What kept it from signing in is mended: look at once, with all cursors as they were.

        What somebody paused stays paused.
        """
        if self.state == self.State.REFUSED:
            self.state = self.State.ACTIVE
        self.problem = self.problem_detail = ""
        self.failures, self.retry_at, self.checked_at = 0, None, None
        self.save(
            update_fields=[
                *("encrypted_secret", "state", "problem", "problem_detail", "failures"),
                *("retry_at", "checked_at"),
            ]
        )
