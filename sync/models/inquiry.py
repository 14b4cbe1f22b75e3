"""A question about a mailbox that only the mail server can answer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account


class Inquiry(models.Model):
    """What somebody asked, how far the answer is, and the answer; it changes no mail."""

    class Kind(models.TextChoices):
        PREVIEW = "preview", _("What a past sync would bring")
        CHECK = "check", _("Is everything here?")
        FIND = "find", _("Why isn't this email here?")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.WAITING, State.RUNNING)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="inquiries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    asked = models.JSONField(default=dict, help_text=_("What its kind needs to know."))
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    answer = models.JSONField(default=dict, help_text=_("As far as it is known."))
    problem = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField(
        null=True, help_text=_("The last sign of life of the worker that answers.")
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "kind", "-created_at"], name="inquiry_newest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="inquiry_open",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
