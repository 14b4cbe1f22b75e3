"""Conversations that somebody lets the team read: reading them, and letting or not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.paging import Place, read_page
from crm_inbox.speakers import who
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.page import render_page
from sync.models import Thread


@require_POST
@signed_in
def share(request: SignedIn, pk: int) -> HttpResponse:
    """Only its owner decides; `team` says yes or no."""
    wanted = request.POST.get("team", "")
    if wanted not in ("yes", "no"):
        return HttpResponseBadRequest()
    thread = find_own(own(request, Thread), pk)
    thread.share(with_team=wanted == "yes")
    if thread.shared_at:
        messages.success(request, _("The team can read this conversation now."))
    else:
        messages.success(request, _("Only you can read this conversation now."))
    return redirect("conversation", pk)


@require_safe
@signed_in
def shared(request: SignedIn) -> HttpResponse:
    """What colleagues share, newest first."""
    threads = Thread.objects.shared().exclude(owner=request.user).select_related("owner")
    before, after = (Place.read(request.GET.get(name, "")) for name in ("before", "after"))
    page = read_page(threads, before, after)
    context = {"page": page, "who": who(request.user, page.threads)}
    title = _("Shared with me")
    return render_page(request, "sharing/list.html", context, section="shared", title=title)
