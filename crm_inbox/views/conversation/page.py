"""The page of a conversation."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm_inbox.filters import VIEW_OF
from crm_inbox.ids import number
from crm_inbox.neighbours import Trail
from crm_inbox.views.access import SignedIn, find_own, own, readable, signed_in
from crm_inbox.views.conversation.letters import Letter, own_addresses
from crm_inbox.views.conversation.mail import trusted
from crm_inbox.views.conversation.people import people_of
from crm_inbox.views.page import own_zone, render_fragment, render_page
from sync import marking, rearranging
from sync.models import Message, Thread

# Unread ones, and those that a search found, that are open at once; others open when somebody
# wants to see them.
_OPEN_AT_MOST = 20
# New ones are counted no further.
_COUNTED = 98


@require_safe
@signed_in
def conversation(request: SignedIn, pk: int) -> HttpResponse:
    thread = find_own(readable(request, Thread).select_related("account", "owner"), pk)
    mine = thread.owner_id == request.user.pk
    if thread.state == Thread.State.EMPTY and (other := rearranging.went_to(request.user, pk)):
        way = Trail.read(request.GET, "inbox", own_zone(request)).query
        return redirect(reverse("conversation", args=[other]) + way)
    rows = list(
        thread.messages.filter(tombstone_since=None)
        .defer("dedupe_key")
        .prefetch_related("participants", "attachments")
        .order_by("arrived_at", "pk")
    )
    place = VIEW_OF.get(Thread.State(thread.state), "") if mine else ""
    trail = Trail.read(request.GET, place or "inbox", own_zone(request))
    letters = _letters(request, thread, rows, trail.hits(request.user, thread))
    if mine and any(not row.seen for row in rows):
        marking.mark(request.user, own(request, Thread).filter(pk=pk), seen=True)
    context = {
        "thread": thread,
        "letters": letters,
        "newest": max((row.pk for row in rows), default=0),
        "people": people_of(request, thread, rows),
        "place": place,
        "move_url": f"{place}_move",
        "trail": trail.query,
        "filter": trail.filter,
        "back": trail.back_to(pk) if mine else reverse("shared"),
        "newer": trail.newer(request.user, thread) if mine else "",
        "older": trail.older(request.user, thread) if mine else "",
        "trash_days": settings.TRASH_DAYS,
    }
    title = thread.subject or _("(no subject)")
    section = place if mine else "shared"
    return render_page(request, "conversation/page.html", context, section=section, title=title)


@require_safe
@signed_in
def newer(request: SignedIn, pk: int) -> HttpResponse:
    """Messages that have come since the page was shown: those after the id `since`."""
    thread = find_own(readable(request, Thread), pk)
    since = number(request.GET.get("since", "")) or 0
    come = thread.messages.filter(tombstone_since=None, pk__gt=since).order_by("arrived_at", "pk")
    found = list(come.values_list("pk", flat=True)[: _COUNTED + 1])
    context = {"thread": thread, "first": found[0] if found else None, "count": len(found)}
    return render_fragment(request, "conversation/newer.html", context)


def _letters(
    request: SignedIn, thread: Thread, rows: list[Message], hits: Collection[int]
) -> list[Letter]:
    """The newest, what is unread, was searched or asked for is open; only those need their text."""
    shown = trusted(request, rows)
    unread = [row.pk for row in rows if not row.seen][-_OPEN_AT_MOST:]
    found = [row.pk for row in rows if row.pk in hits][-_OPEN_AT_MOST:]
    asked = request.GET.get("open", "")
    is_open = {*unread, *found, *(row.pk for row in rows[-1:])}
    is_open |= {row.pk for row in rows if asked == str(row.pk)}
    with_text = Message.objects.select_related("body").prefetch_related(
        "participants", "attachments"
    )
    full = with_text.in_bulk(is_open)
    own = own_addresses(request, thread)
    return [
        Letter(full.get(row.pk, row), row.pk in is_open, row.from_address in shown, own)
        for row in rows
    ]
