"""Pausing, resuming and removing an account."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.page import render_page
from sync import removing, tasks
from sync.models import Account

State = Account.State


@require_POST
@signed_in
def account_state(request: SignedIn, pk: int) -> HttpResponse:
    """Pause, or sync now; what an administrator paused stays paused."""
    account = find_own(own(request, Account), pk)
    wanted = request.POST.get("state")
    if wanted not in (State.ACTIVE, State.ON_HOLD):
        return HttpResponseBadRequest()
    ours = own(request, Account).filter(pk=account.pk, state__in=(State.ACTIVE, State.ON_HOLD))
    # With all else it is looked at anew, now.
    if ours.update(state=wanted, retry_at=None, checked_at=None) and wanted == State.ACTIVE:
        transaction.on_commit(lambda: tasks.wake(account.pk))
    return redirect("mailboxes")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Say what would go; a POST removes it."""
    account = find_own(own(request, Account), pk)
    if request.method == "POST":
        removing.begin(account)
        transaction.on_commit(lambda: tasks.remove.delay(account.pk))
        messages.success(request, _("The account is being removed."))
        return redirect("mailboxes")
    context = {"account": account, "going": removing.going(account)}
    title = _("Remove the account")
    return render_page(request, "mailboxes/remove.html", context, section="mailboxes", title=title)
