"""Senders whose images a person always sees: the list, and taking one off it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.page import render_page
from sync.models import TrustedSender


@require_safe
@signed_in
def senders(request: SignedIn) -> HttpResponse:
    rows = TrustedSender.objects.filter(owner=request.user).order_by("address")
    title = _("Images in mail")
    return render_page(
        request, "conversation/senders.html", {"senders": rows}, section="", title=title
    )


@require_POST
@signed_in
def distrust(request: SignedIn, pk: int) -> HttpResponse:
    """Hold this sender's images back again."""
    for row in TrustedSender.objects.filter(owner=request.user, pk=pk):
        row.delete()
        said = {"address": row.address}
        messages.success(request, _("Images from %(address)s are held back again.") % said)
    return redirect("image_senders")
