"""The list of conversations."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_inbox.filters import NARROWINGS, VIEWS, Filter
from crm_inbox.paging import Page, Place, read_page
from crm_inbox.views.access import SignedIn, own, signed_in
from crm_inbox.views.page import render_fragment, render_page
from sync.models import Account, Run


@require_safe
@signed_in
def conversations(request: SignedIn, view: str) -> HttpResponse:
    """A view of the rail; htmx gets the list alone, with what the sync is doing above it."""
    filter_ = Filter.from_query(view, request.GET)
    before, after = (Place.read(request.GET.get(name, "")) for name in ("before", "after"))
    page = read_page(filter_.threads(request.user), before, after)
    context = {
        "filter": filter_,
        "view": VIEWS[view],
        "narrowings": NARROWINGS.values(),
        "page": page,
        "as_of": _seen(page),
        "move_url": f"{view}_move",
        "count_url": f"{view}_count",
        "trash_days": settings.TRASH_DAYS,
        "at_top": before is None and after is None,
        "syncing": _first_syncs(request),
        "accounts": list(own(request, Account).order_by("pk")),
    }
    if request.htmx:
        return render_fragment(request, "inbox/list.html#conversations", context)
    return render_page(
        request, "inbox/list.html", context, section=view, title=str(VIEWS[view].name)
    )


def _seen(page: Page) -> datetime:
    """Up to when the person has seen the list; senders' clocks may run ahead."""
    return max([timezone.now(), *(thread.last_message_at for thread in page.threads[:1])])


def _first_syncs(request: SignedIn) -> list[Run]:
    """First syncs under way: the list fills while they run."""
    open_runs = Run.objects.filter(
        account__in=own(request, Account),
        kind=Run.Kind.INITIAL,
        state__in=(Run.State.WAITING, Run.State.RUNNING),
    )
    return list(open_runs.select_related("account"))
