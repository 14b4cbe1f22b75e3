"""The ledger: what sync decided about every UID."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.folder import Folder
from sync.models.message import Message
from sync.models.run import Run


class LedgerEntry(models.Model):
    """One UID of a folder. A stored entry is a copy of its message."""

    class State(models.TextChoices):
        LISTED = "listed", _("Waiting to be fetched")
        STORED = "stored", _("Here")
        LEFT_OUT = "left_out", _("Left out")
        FAILED = "failed", _("Could not be read")

    class Reason(models.TextChoices):
        LABEL = "label", _("Its label is not chosen")
        TOO_OLD = "too_old", _("Older than what was synced")
        NOT_CONTACT = "not_contact", _("Not with a contact")
        DELETED = "deleted", _("Deleted by you")
        GONE = "gone", _("It left the server before it could be fetched")

    folder = models.ForeignKey(
        Folder, on_delete=models.CASCADE, related_name="ledger", db_index=False
    )
    uidvalidity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.LISTED)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    arrived_at = models.DateTimeField(help_text=_("INTERNALDATE."))
    size = models.PositiveBigIntegerField(help_text=_("RFC822.SIZE in bytes."))
    seen = models.BooleanField(default=False)
    expunged_at = models.DateTimeField(null=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="copies")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "uidvalidity", "uid"], name="ledger_once_a_uid"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="stored") | models.Q(message__isnull=False),
                name="ledger_stored_has_message",
            ),
            models.CheckConstraint(
                condition=models.Q(state="left_out") ^ models.Q(reason=""),
                name="ledger_left_out_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="failed") | ~models.Q(problem=""),
                name="ledger_failed_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "-arrived_at", "-uid"],
                condition=models.Q(state="listed"),
                name="ledger_to_drain",
            ),
            models.Index(
                fields=["folder"], condition=models.Q(state="failed"), name="ledger_failed"
            ),
        ]


class FailedMessage(LedgerEntry):
    """An entry that could not be read, for the administration."""

    class Meta:
        proxy = True
        verbose_name = _("message that could not be read")
        verbose_name_plural = _("messages that could not be read")
