"""An account as its card shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_inbox.views.mailboxes.certificate import Certificate
from crm_inbox.views.mailboxes.forms import PastForm
from crm_inbox.views.mailboxes.past import Shown
from crm_inbox.views.mailboxes.period import Period
from sync import allowance, inquiries, problems, runs
from sync.models import Account, Coverage, Inquiry, Label, Run

State = Account.State
# Problems that another server name or port may end.
_OF_THE_SERVER = frozenset(
    {
        "server_not_found",
        "connection_refused",
        "timed_out",
        "tls_failed",
        "certificate_rejected",
        "starttls_unavailable",
        "plaintext_refused",
        "login_disabled",
        "protocol_error",
    }
)


@dataclass(frozen=True)
class Card:
    """Each value is asked for once, and only where the page shows it."""

    account: Account

    @cached_property
    def open_run(self) -> Run | None:
        """The run that people wait for."""
        kinds = (Run.Kind.INITIAL, Run.Kind.PAST)
        found = self.account.runs.filter(kind__in=kinds, state__in=Run.OPEN)
        return found.order_by("created_at").first()

    @cached_property
    def progress(self) -> runs.Progress | None:
        return runs.progress(self.open_run) if self.open_run else None

    @property
    def moves(self) -> bool:
        """Is there something to watch?"""
        running = self.open_run and self.open_run.state != Run.State.PAUSED and not self.rests
        return self.removing or bool(running and self.account.state == State.ACTIVE)

    @property
    def rests(self) -> bool:
        """Past emails go on tomorrow."""
        past = self.open_run and self.open_run.state in Run.ACTIVE and self.open_run.kind == "past"
        return bool(past) and allowance.is_used_up(self.account)

    @property
    def removing(self) -> bool:
        return self.account.state == State.REMOVING

    @property
    def problem(self) -> problems.Problem | None:
        if self.removing or self.stopped:
            return None
        return problems.explain(self.account.problem) if self.account.problem else None

    @property
    def needs_password(self) -> bool:
        refused = self.account.state == State.REFUSED
        return refused or self.account.problem == problems.SECRET_UNREADABLE

    @property
    def needs_server(self) -> bool:
        return self.account.problem in _OF_THE_SERVER

    @property
    def stopped(self) -> bool:
        return self.account.state in (State.PAUSED, State.ON_HOLD)

    @property
    def dot(self) -> str:
        if self.problem or self.needs_password:
            return "problem"
        if self.stopped or self.removing:
            return "paused"
        return "syncing" if self.moves else "good"

    @property
    def state(self) -> str:
        """In words."""
        if self.removing:
            return _("Being removed: its mail goes within minutes")
        if self.account.state == State.PAUSED:
            return _("Paused by an administrator")
        if self.account.state == State.ON_HOLD:
            return _("Paused by you")
        if self.needs_password:
            return _("Password refused, sign in again")
        if self.problem:
            return str(self.problem.sentence)
        if self.open_run and self.progress:
            if self.rests:
                return _resting(self.progress)
            return _running(self.open_run, self.progress)
        return _checked(self.account.checked_at)

    @property
    def retry(self) -> str:
        """How often it was tried, and when it is tried again."""
        at = self.account.retry_at
        if self.needs_password or at is None or not self.account.failures:
            return ""
        tried = ngettext("Tried once.", "Tried %(count)s times.", self.account.failures)
        minutes = max(1, round((at - timezone.now()).total_seconds() / 60))
        again = ngettext(
            "The next try is in %(count)s minute.", "The next try is in %(count)s minutes.", minutes
        )
        return f"{tried % {'count': self.account.failures}} {again % {'count': minutes}}"

    @cached_property
    def past(self) -> PastForm:
        """As it was asked last, while that answer holds."""
        shown = self.preview
        return PastForm(initial=shown.inquiry.asked if shown else {"scope": "everyone"})

    @cached_property
    def preview(self) -> Shown | None:
        """The newest preview, unless past mail was synced since."""
        found = inquiries.newest(self.account, Inquiry.Kind.PREVIEW).first()
        later = self.account.runs.filter(kind=Run.Kind.PAST)
        if found is None or later.filter(created_at__gt=found.created_at).exists():
            return None
        return Shown(found) if found.state != Inquiry.State.CANCELLED else None

    @cached_property
    def certificate(self) -> Certificate:
        return Certificate(self.account)

    @cached_property
    def labels(self) -> list[Label]:
        if self.account.label_choice == Account.LabelChoice.ALL:
            return []
        return list(self.account.labels.filter(chosen=True).order_by("name"))

    @cached_property
    def period(self) -> Period:
        return Period.of(self.account)


def _running(run: Run, progress: runs.Progress) -> str:
    numbers: dict[str, Any] = {"done": progress.done, "total": progress.total}
    if run.state == Run.State.PAUSED:
        return _("Past emails are paused: %(done)s of %(total)s") % numbers
    if run.listed_at is None and not progress.total:
        return _("Looking at what there is…")
    if run.kind == Run.Kind.INITIAL:
        return _("First sync: %(done)s of %(total)s, newest first") % numbers
    if run.scope == Coverage.Scope.CONTACTS:
        return _("Past emails with contacts: %(done)s of %(total)s, newest first") % numbers
    return _("Past emails: %(done)s of %(total)s, newest first") % numbers


def _resting(progress: runs.Progress) -> str:
    if not progress.total:
        return _("Past emails wait for tomorrow: Gmail gives no more of them today")
    numbers: dict[str, Any] = {"done": progress.done, "total": progress.total}
    return (
        _("Past emails: %(done)s of %(total)s, the rest tomorrow: Gmail gives no more today")
        % numbers
    )


def _checked(at: datetime | None) -> str:
    if at is None:
        return _("Waiting for the first look")
    seconds = max(0, int((timezone.now() - at).total_seconds()))
    if seconds < 100:
        return ngettext(
            "Up to date, checked %(count)s second ago",
            "Up to date, checked %(count)s seconds ago",
            seconds,
        ) % {"count": seconds}
    minutes = seconds // 60
    if minutes < 100:
        return ngettext(
            "Checked %(count)s minute ago", "Checked %(count)s minutes ago", minutes
        ) % {"count": minutes}
    hours = minutes // 60
    return ngettext("Checked %(count)s hour ago", "Checked %(count)s hours ago", hours) % {
        "count": hours
    }
