"""Completions of the search field."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_inbox.completions import complete
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.page import render_fragment

LONGEST = 1000


@require_safe
@signed_in
def completions(request: SignedIn) -> HttpResponse:
    """A list box for what is typed up to the cursor."""
    typed = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    offered = complete(typed, request.user, timezone.localdate())
    return render_fragment(request, "completions.html", {"completions": offered})
