"""One piece of sync work."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account
from sync.models.folder import Coverage


class Run(models.Model):
    """An initial, past or live run: what it was asked for and how far it is."""

    class Kind(models.TextChoices):
        INITIAL = "initial", _("First sync")
        PAST = "past", _("Past emails")
        LIVE = "live", _("New emails")
        CATCH_UP = "catch_up", _("Folders and labels looked at anew")
        PICKED = "picked", _("Messages that were asked for")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    # At most one of a kind is open for an account, but of those that were asked for one by one.
    OPEN = (State.WAITING, State.RUNNING, State.PAUSED)
    ACTIVE = (State.WAITING, State.RUNNING)

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="runs", verbose_name=_("email account")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    scope = models.CharField(
        _("scope"), max_length=8, choices=Coverage.Scope.choices, default=Coverage.Scope.EVERYONE
    )
    since = models.DateTimeField(
        _("since"), null=True, help_text=_("Oldest INTERNALDATE it takes.")
    )
    restore = models.BooleanField(
        _("restores what was deleted"),
        default=False,
        help_text=_("Lift the tombstones in its window."),
    )
    sources = models.JSONField(
        default=list, help_text=_("What was listed: pairs of a folder's and a label's id or null.")
    )
    picked = models.JSONField(
        default=list, help_text=_("What was asked for: a folder's id, its UIDVALIDITY, and UIDs.")
    )
    listed_at = models.DateTimeField(
        _("listed"), null=True, help_text=_("When every folder was listed.")
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    finished_at = models.DateTimeField(_("ended"), null=True)
    problem = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [
            # What every tick and every slice looks for, among all the runs there have been.
            models.Index(
                fields=["account"],
                condition=models.Q(state__in=["waiting", "running", "paused"]),
                name="run_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"],
                condition=models.Q(state__in=["waiting", "running", "paused"])
                & ~models.Q(kind="picked"),
                name="run_one_open_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.Kind(self.kind).label} ({self.pk})"

    @property
    def is_to_be_listed(self) -> bool:
        """Whether a window is left to list; what other kinds take is listed for them."""
        return self.kind in (self.Kind.INITIAL, self.Kind.PAST) and self.listed_at is None
