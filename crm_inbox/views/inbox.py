"""The list of conversations, and how many are newer than those on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_inbox.filters import NARROWINGS, VIEWS, Filter
from crm_inbox.highlight import excerpt
from crm_inbox.neighbours import Trail
from crm_inbox.paging import Page, Place, count_newer, read_page
from crm_inbox.ranked import Rank, read_ranked
from crm_inbox.speakers import who
from crm_inbox.suggesting import did_you_mean
from crm_inbox.views.access import SignedIn, own, signed_in
from crm_inbox.views.page import own_zone, render_fragment, render_page
from sync import runs
from sync.finding import Hit
from sync.models import Account, Folder, LedgerEntry, Run

# Counted no further.
NEWER_COUNTED = 99


@require_safe
@signed_in
def conversations(request: SignedIn, view: str) -> HttpResponse:
    """A view of the rail; htmx gets the list alone, with what the sync is doing above it."""
    filter_ = Filter.from_query(view, request.GET, own_zone(request))
    page = _page(request, filter_)
    hits = filter_.search.wanted.hits(request.user, [thread.pk for thread in page.threads])
    _excerpt(filter_, page, hits)
    at_top = not ("before" in request.GET or "after" in request.GET)
    accounts = list(own(request, Account).order_by("pk"))
    context = {
        "filter": filter_,
        "trail": Trail(filter_, request.GET.get("before", ""), request.GET.get("after", "")).query,
        "view": VIEWS[view],
        "narrowings": NARROWINGS.values(),
        "page": page,
        "hits": hits,
        "who": who(request.user, page.threads),
        "as_of": _seen(page),
        "move_url": f"{view}_move",
        "count_url": f"{view}_count",
        "newer_url": f"{view}_newer",
        "trash_days": settings.TRASH_DAYS,
        "top": _top(filter_, page) if at_top else None,
        "meant": "" if page.threads else did_you_mean(request.user, filter_, own_zone(request)),
        "syncing": first_syncs(request),
        "accounts": accounts,
        "alone": next((one for one in accounts if one.pk == filter_.account), None),
        "labels": list(_labels(request)),
        "chips": _label_chips(page),
    }
    if request.htmx:
        return render_fragment(request, "inbox/conversations.html", context)
    return render_page(
        request, "inbox/list.html", context, section=view, title=str(VIEWS[view].name)
    )


def _page(request: SignedIn, filter_: Filter) -> Page:
    before, after = (request.GET.get(name, "") for name in ("before", "after"))
    if filter_.is_ranked:
        return read_ranked(request.user, filter_, Rank.read(before or after))
    threads = filter_.threads(request.user)
    return read_page(threads, Place.read(before), Place.read(after), filter_.moment)


@require_safe
@signed_in
def newer(request: SignedIn, view: str) -> HttpResponse:
    """How many conversations have come since the page was shown: `since` is its top."""
    filter_ = Filter.from_query(view, request.GET, own_zone(request))
    since = Place.read(request.GET.get("since", ""))
    threads = filter_.threads(request.user)
    count = count_newer(threads, since, NEWER_COUNTED + 1, filter_.moment) if since else 0
    context = {"count": count, "capped": min(count, NEWER_COUNTED), "filter": filter_}
    return render_fragment(request, "inbox/newer.html", context)


def first_syncs(request: SignedIn) -> list[FirstSync]:
    """First syncs under way: the list fills while they run."""
    open_runs = Run.objects.filter(
        account__in=own(request, Account), kind=Run.Kind.INITIAL, state__in=Run.ACTIVE
    )
    return [FirstSync(run) for run in open_runs.select_related("account")]


@dataclass(frozen=True)
class FirstSync:
    """A run as the list tells of it."""

    run: Run

    @cached_property
    def progress(self) -> runs.Progress:
        return runs.progress(self.run)


def _top(filter_: Filter, page: Page) -> Place | None:
    """Where new mail comes in, where the list is one in which it comes in at the top."""
    if filter_.text:
        return None
    return Place.of(page.threads[0]) if page.threads else Place.read("0.0")


def _seen(page: Page) -> datetime:
    """Up to when the person has seen the list; senders' clocks may run ahead."""
    return max([timezone.now(), *(thread.last_message_at for thread in page.threads[:1])])


def _excerpt(filter_: Filter, page: Page, hits: dict[int, Hit]) -> None:
    """Show what surrounds the words that were searched for in place of the newest message."""
    for thread in page.threads:
        if hit := hits.get(thread.pk):
            thread.snippet = excerpt(hit.text, filter_.words) or thread.snippet


def _labels(request: SignedIn) -> QuerySet[Folder]:
    """Folders that were synced; which of them hold mail would cost a look at their ledger."""
    synced = Folder.objects.filter(account__owner=request.user, uidnext__isnull=False)
    return synced.select_related("account").order_by("account", "name")


def _label_chips(page: Page) -> dict[int, list[str]]:
    """The labels of each conversation, but for those that every conversation has."""
    copies = (
        LedgerEntry.objects.filter(
            message__thread__in=[thread.pk for thread in page.threads],
            state__in=(LedgerEntry.State.STORED, LedgerEntry.State.FAILED),
            expunged_at=None,
            folder__special_use="",
        )
        .exclude(folder__name__iexact="INBOX")
        .values_list("message__thread", "folder__name")
        .distinct()
        .order_by("folder__name")
    )
    chips: dict[int, list[str]] = {}
    for thread, name in copies:
        chips.setdefault(thread, []).append(name)
    return chips
