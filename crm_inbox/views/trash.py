"""The trash: deleting for good what a person picked, and emptying it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm_inbox.filters import Filter
from crm_inbox.toasts import gone_for_good
from crm_inbox.views.access import SignedIn, own, signed_in
from crm_inbox.views.page import own_zone
from crm_inbox.views.triage import moment, selected
from sync import deleting, tasks
from sync.models import Thread


@require_POST
@signed_in
def delete_for_good(request: SignedIn) -> HttpResponse:
    """Delete the selected conversations of the trash, or all that match; nothing brings them back
    but a past sync that restores.
    """
    filter_ = Filter.from_query("trash", request.GET, own_zone(request))
    as_of = moment(request.POST.get("as_of", ""))
    _tell(request, deleting.delete_for_good(request.user, selected(request, filter_, as_of)))
    return redirect(reverse("trash") + filter_.query())


@require_POST
@signed_in
def empty(request: SignedIn) -> HttpResponse:
    """Delete everything in the trash for good."""
    _tell(request, deleting.delete_for_good(request.user, own(request, Thread)))
    return redirect("trash")


def _tell(request: SignedIn, count: int) -> None:
    if not count:
        messages.error(request, _("Nothing was in the trash, so nothing has changed."))
        return
    tasks.bury.delay()
    messages.success(request, gone_for_good(count))
