"""The trash: deleting for good what a person picked, and emptying it."""

from __future__ import annotations

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm_inbox.filters import Filter
from crm_inbox.toasts import Toast
from crm_inbox.views.access import SignedIn, own, signed_in
from crm_inbox.views.page import own_zone
from crm_inbox.views.triage import begin, moment, selected, tell
from sync.bulk import GONE
from sync.models import Thread


@require_POST
@signed_in
def delete_for_good(request: SignedIn) -> HttpResponse:
    """Delete the selected conversations of the trash, or all that match; nothing brings them back
    but a past sync that restores.
    """
    filter_ = Filter.from_query("trash", request.GET, own_zone(request))
    as_of = moment(request.POST.get("as_of", ""))
    done = begin(request, selected(request, filter_, as_of), GONE, as_of or timezone.now())
    tell(request, Toast.of(done))
    return redirect(reverse("trash") + filter_.query())


@require_POST
@signed_in
def empty(request: SignedIn) -> HttpResponse:
    """Delete everything in the trash for good, but for what gets mail while that goes on."""
    trash = own(request, Thread).filter(state=Thread.State.TRASHED)
    # Senders' clocks may run ahead.
    newest = trash.aggregate(newest=Max("last_message_at"))["newest"]
    as_of = max(filter(None, (newest, timezone.now())))
    tell(request, Toast.of(begin(request, trash, GONE, as_of)))
    return redirect("trash")
