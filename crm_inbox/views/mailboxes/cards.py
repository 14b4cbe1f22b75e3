"""The Email sync page: a card for each account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.forms import PastForm
from crm_inbox.views.page import render_fragment, render_page
from sync import problems, runs
from sync.models import Account, Coverage, Label, LedgerEntry, Run

_YEAR = timedelta(days=365)


@require_safe
@signed_in
def mailboxes(request: SignedIn) -> HttpResponse:
    cards = [Card(account) for account in own(request, Account).order_by("pk")]
    context = {"cards": cards}
    return render_page(
        request, "mailboxes/list.html", context, section="mailboxes", title=_("Email sync")
    )


@require_safe
@signed_in
def card(request: SignedIn, pk: int) -> HttpResponse:
    """One card, for the page that polls it."""
    context = {"card": Card(find_own(own(request, Account), pk))}
    return render_fragment(request, "mailboxes/card.html", context)


@dataclass(frozen=True)
class Card:
    """An account as the page shows it."""

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
        return bool(self.open_run and self.open_run.state != Run.State.PAUSED)

    @property
    def problem(self) -> problems.Problem | None:
        return problems.explain(self.account.problem) if self.account.problem else None

    @property
    def needs_password(self) -> bool:
        refused = self.account.state == Account.State.REFUSED
        return refused or self.account.problem == problems.SECRET_UNREADABLE

    @property
    def dot(self) -> str:
        if self.problem:
            return "problem"
        if self.account.state == Account.State.PAUSED:
            return "paused"
        return "syncing" if self.moves else "good"

    @property
    def state(self) -> str:
        """In words."""
        if self.needs_password:
            return _("Password refused, sign in again")
        if self.account.state == Account.State.PAUSED:
            return _("Paused by an administrator")
        if self.problem:
            return str(self.problem.sentence)
        if self.open_run and self.progress:
            return self._running(self.open_run, self.progress)
        return self._checked()

    @property
    def past(self) -> PastForm:
        return PastForm(initial={"months": 1, "scope": Coverage.Scope.EVERYONE})

    @cached_property
    def labels(self) -> list[Label]:
        if self.account.label_choice == Account.LabelChoice.ALL:
            return []
        return list(self.account.labels.filter(chosen=True).order_by("name"))

    @cached_property
    def covered(self) -> list[tuple[str, int, datetime]]:
        """Scope in words, percent of the last year, and since when; for each scope covered."""
        rows = Coverage.objects.filter(folder__account=self.account)
        found = []
        for scope in Coverage.Scope:
            oldest = min((row.since for row in rows if row.scope == scope), default=None)
            if oldest is not None:
                share = (timezone.now() - oldest) / _YEAR
                found.append((str(scope.label), min(100, max(1, round(share * 100))), oldest))
        return found

    @cached_property
    def left_out(self) -> list[tuple[str, int]]:
        """Why messages that were looked at are not here, and how many."""
        counted = (
            LedgerEntry.objects.filter(
                folder__account=self.account, state=LedgerEntry.State.LEFT_OUT, expunged_at=None
            )
            .values_list("reason")
            .annotate(count=Count("pk"))
            .order_by("-count")
        )
        return [(str(LedgerEntry.Reason(reason).label), count) for reason, count in counted]

    def _running(self, run: Run, progress: runs.Progress) -> str:
        numbers = {"done": progress.done, "total": progress.total}
        if run.state == Run.State.PAUSED:
            return _("Past emails are paused: %(done)s of %(total)s") % numbers
        if run.listed_at is None and not progress.total:
            return _("Looking at what there is…")
        if run.kind == Run.Kind.INITIAL:
            return _("First sync: %(done)s of %(total)s, newest first") % numbers
        return _("Past emails: %(done)s of %(total)s, newest first") % numbers

    def _checked(self) -> str:
        if self.account.checked_at is None:
            return _("Waiting for the first look")
        seconds = max(0, int((timezone.now() - self.account.checked_at).total_seconds()))
        if seconds < 100:
            return ngettext(
                "Up to date, checked %(count)s second ago",
                "Up to date, checked %(count)s seconds ago",
                seconds,
            ) % {"count": seconds}
        minutes = seconds // 60
        return ngettext(
            "Checked %(count)s minute ago", "Checked %(count)s minutes ago", minutes
        ) % {"count": minutes}
