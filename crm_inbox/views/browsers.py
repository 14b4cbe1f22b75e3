"""Where a person is signed in, and signing out there."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm_inbox.sessions import Session, SessionStore
from crm_inbox.views.access import SignedIn, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@signed_in
def browsers(request: SignedIn) -> HttpResponse:
    """The list; a POST signs out the browser that it names, or all but this one."""
    found = Session.objects.of(request.user)
    here = cast(SessionStore, request.session).digest
    if request.method != "POST":
        context = {"browsers": list(found.order_by("begun_at")), "here": here}
        return render(request, "account/browsers.html", context)
    others = found.exclude(pk=here)
    if wanted := request.POST.get("browser"):
        others = others.filter(pk=wanted) if wanted.isalnum() else others.none()
    ended, _details = others.delete()
    if ended:
        messages.success(request, _("You are signed out there."))
    return redirect("browsers")
