"""What open pages ask every two seconds: is anything new?"""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crm_inbox.shell import Shell
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.inbox import first_syncs
from crm_inbox.views.page import render_fragment
from sync import changes


@require_safe
@signed_in
def news(request: SignedIn) -> HttpResponse:
    """Nothing, with one look at one index, where nothing is; else the counts, dot and progress.

    `seen` is the number of the last change that the page knows of.
    """
    if request.GET.get("seen") == str(changes.number(request.user.pk)):
        return HttpResponse(status=204)
    # A conversation is in the section of a list, too.
    is_list = "list" in request.GET
    context = {
        "shell": Shell(request, request.GET.get("section", ""), ""),
        "syncing": first_syncs(request) if is_list else [],
        "is_list": is_list,
    }
    response = render_fragment(request, "news.html", context)
    response["HX-Trigger-After-Settle"] = "news"
    return response
