"""Past emails: what they would bring, and bringing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.redirects import refused
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.asking import ask, find_inquiry
from crm_inbox.views.mailboxes.forms import PastForm
from crm_inbox.views.page import render_fragment
from sync import preview, problems, runs, tasks
from sync.models import Account, Inquiry

_HOUR = 3600


@dataclass(frozen=True)
class Shown:
    """A preview as the page shows it."""

    inquiry: Inquiry

    @property
    def answer(self) -> dict[str, Any]:
        return dict(self.inquiry.answer)

    @property
    def done(self) -> bool:
        return self.inquiry.state == Inquiry.State.DONE

    @property
    def problem(self) -> problems.Problem | None:
        failed = self.inquiry.state == Inquiry.State.FAILED
        return problems.explain(self.inquiry.problem) if failed else None

    @property
    def time(self) -> str:
        """The expected time in words; nobody needs it to the second."""
        seconds = float(self.answer.get("seconds", 0))
        if seconds < 60:
            return _("less than a minute")
        if seconds < 1.5 * _HOUR:
            minutes = round(seconds / 60)
            return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {
                "count": minutes
            }
        hours = round(seconds / _HOUR)
        return ngettext("about %(count)s hour", "about %(count)s hours", hours) % {"count": hours}


@require_POST
@signed_in
def look_ahead(request: SignedIn, pk: int) -> HttpResponse:
    """Find out what a past sync would bring."""
    account = find_own(own(request, Account), pk)
    form = PastForm(request.POST)
    if account.first_sync_done_at is None or not form.is_valid():
        return refused(request, _("Choose an interval, and whose emails to sync."), "mailboxes")
    data = form.cleaned_data
    asked = preview.asked_for(data["months"], data["scope"], data["restore"])
    inquiry = ask(account, Inquiry.Kind.PREVIEW, asked)
    return _fragment(request, inquiry) if request.htmx else redirect("mailboxes")


@require_safe
@signed_in
def preview_state(request: SignedIn, pk: int) -> HttpResponse:
    """How far the preview is, for the page that polls it."""
    return _fragment(request, find_inquiry(request, pk, Inquiry.Kind.PREVIEW))


@require_POST
@signed_in
def past(request: SignedIn, pk: int) -> HttpResponse:
    """Sync past emails; a preview that is still being worked out is not needed any more."""
    account = find_own(own(request, Account), pk)
    form = PastForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Choose an interval, and whose emails to sync."), "mailboxes")
    scope = cast(Literal["everyone", "contacts"], form.cleaned_data["scope"])
    try:
        runs.start_past_sync(
            account, form.cleaned_data["months"], scope, form.cleaned_data["restore"]
        )
    except runs.NotYet:
        said = _("Past emails can be synced once the first sync is done.")
        return refused(request, said, "mailboxes")
    except runs.AlreadyRunning:
        return refused(request, _("Past emails are being synced already."), "mailboxes")
    transaction.on_commit(lambda: tasks.wake(account.pk))
    return redirect("mailboxes")


def _fragment(request: SignedIn, inquiry: Inquiry) -> HttpResponse:
    context = {"shown": Shown(inquiry), "account": inquiry.account}
    return render_fragment(request, "mailboxes/preview.html", context)
