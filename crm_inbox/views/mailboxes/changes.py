"""Changes to an account that is connected: its labels, and the runs of its past emails."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_inbox.ids import number
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes import tree
from crm_inbox.views.page import render_page
from sync import runs, tasks
from sync.models import Account, Run

_WANTED: dict[str, Callable[[Run], None]] = {
    "paused": runs.pause,
    "running": runs.resume,
    "cancelled": runs.cancel,
}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def labels(request: SignedIn, pk: int) -> HttpResponse:
    """All emails, or those with specific labels. For a new account the first sync begins then."""
    account = find_own(own(request, Account), pk)
    is_new = not account.runs.filter(kind=Run.Kind.INITIAL).exists()
    error, choice = "", str(account.label_choice)
    picked = list(account.labels.filter(chosen=True).values_list("pk", flat=True))
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        picked = [found for key in request.POST.getlist("label") if (found := number(key))]
        if choice not in Account.LabelChoice.values:
            error = _("Choose what to sync.")
        elif choice == Account.LabelChoice.CHOSEN and not picked:
            error = _("Pick at least one label, or sync all emails.")
        else:
            _choose(account, choice, picked)
            if is_new:
                return redirect("inbox")
            messages.success(request, _("The labels are changed. Mail that is here stays."))
            return redirect("mailboxes")
    context = {
        "account": account,
        "is_new": is_new,
        "error": error,
        "choice": choice,
        "picked": picked,
        "groups": tree.groups(account),
    }
    title = _("What to sync")
    return render_page(request, "mailboxes/labels.html", context, section="mailboxes", title=title)


@require_POST
@signed_in
def run_state(request: SignedIn, pk: int) -> HttpResponse:
    """Pause, resume or cancel: the wanted state, never a toggle."""
    rows = Run.objects.filter(account__in=own(request, Account), kind=Run.Kind.PAST)
    found = find_own(rows, pk)
    change = _WANTED.get(request.POST.get("state", ""))
    if change is None:
        return HttpResponseBadRequest()
    change(found)
    transaction.on_commit(lambda: tasks.wake(found.account_id))
    return redirect("mailboxes")


@transaction.atomic
def _choose(account: Account, choice: str, picked: list[int]) -> None:
    account.label_choice = Account.LabelChoice(choice)
    account.save(update_fields=["label_choice"])
    if choice == Account.LabelChoice.CHOSEN:
        account.labels.exclude(pk__in=picked).update(chosen=False)
        account.labels.filter(pk__in=picked).update(chosen=True)
    runs.start_first_sync(account)
    runs.labels_changed(account)
    transaction.on_commit(lambda: tasks.wake(account.pk))
