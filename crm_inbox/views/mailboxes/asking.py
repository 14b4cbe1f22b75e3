"""Questions that only the mail server can answer: asked, watched, withdrawn."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from sync import inquiries, tasks
from sync.models import Account, Inquiry


def ask(account: Account, kind: Inquiry.Kind, asked: dict[str, Any]) -> Inquiry:
    """The question, with a worker on its way to it."""
    inquiry = inquiries.ask(account, kind, asked)
    if inquiry.state == Inquiry.State.WAITING:
        transaction.on_commit(partial(tasks.inquire.delay, inquiry.pk))
    return inquiry


def find_inquiry(request: SignedIn, pk: int, kind: Inquiry.Kind) -> Inquiry:
    rows = Inquiry.objects.filter(account__in=own(request, Account), kind=kind)
    return find_own(rows.select_related("account"), pk)


@require_POST
@signed_in
def inquiry_state(request: SignedIn, pk: int) -> HttpResponse:
    """Withdraw a question: the wanted state, never a toggle."""
    found = find_own(Inquiry.objects.filter(account__in=own(request, Account)), pk)
    if request.POST.get("state") != Inquiry.State.CANCELLED:
        return HttpResponseBadRequest()
    inquiries.cancel(found)
    if found.kind == Inquiry.Kind.FIND:
        return redirect("why_answer", found.pk)
    if found.kind == Inquiry.Kind.CHECK:
        return redirect("completeness", found.account_id)
    return redirect("mailboxes")
