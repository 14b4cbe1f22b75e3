"""Archive, unarchive, delete and restore: one conversation or all that match, with an undo."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.filters import Filter
from crm_inbox.views.access import SignedIn, own, signed_in, way_back
from crm_inbox.views.page import own_zone
from sync import marking, moving
from sync.models import Thread

State = Thread.State
# What conversations can be marked as, and whether their messages are seen then.
MARKS = {"read": True, "unread": False}


@require_safe
@signed_in
def count(request: SignedIn, view: str) -> HttpResponse:
    """How many conversations match, for the person who is about to select them all."""
    matching = Filter.from_query(view, request.GET, own_zone(request)).threads(request.user).count()
    return HttpResponse(number_format(matching, force_grouping=True), content_type="text/plain")


@require_POST
@signed_in
def move(request: SignedIn, view: str) -> HttpResponse:
    """Put what was selected in a view into another place, or mark it as read or unread.

    The form's `thread` are the selected ids; with `all`, it is everything that the view shows
    with its filter, up to the moment `as_of`: mail that came since was not seen, and stays.
    """
    to = request.POST.get("to", "")
    if to not in moving.PLACES and to not in MARKS:
        return HttpResponseBadRequest()
    filter_ = Filter.from_query(view, request.GET, own_zone(request))
    threads = _selected(request, filter_)
    if to in MARKS:
        done = marking.mark(request.user, threads, seen=MARKS[to])
    else:
        done = moving.move(request.user, threads, State(to))
    tell(request, to, done)
    return redirect(reverse(view) + filter_.query())


def tell(request: SignedIn, to: str, done: moving.Moved) -> None:
    """Say what was done, with an undo where something was."""
    if done.count:
        messages.success(request, _said(to, done.count), extra_tags=str(done.action))
    elif to in MARKS:
        messages.success(request, _("They are marked so already."))
    else:
        messages.error(request, _("Nothing was selected, so nothing has changed."))


@require_POST
@signed_in
def undo(request: SignedIn, action: UUID) -> HttpResponse:
    """Put back what an action moved."""
    count = moving.undo(request.user, action) or marking.undo(request.user, action)
    if count:
        text = ngettext(
            "%(count)s conversation is as it was.",
            "%(count)s conversations are as they were.",
            count,
        )
        messages.success(request, text % {"count": number_format(count, force_grouping=True)})
    else:
        messages.error(request, _("This cannot be undone any more."))
    return redirect(way_back(request, request.POST.get("next", "")))


def _selected(request: SignedIn, filter_: Filter) -> QuerySet[Thread]:
    if "all" in request.POST:
        as_of = moment(request.POST.get("as_of", ""))
        threads = filter_.threads(request.user)
        return threads.filter(last_message_at__lte=as_of) if as_of else threads.none()
    picked = [int(pk) for pk in request.POST.getlist("thread") if pk.isascii() and pk.isdigit()]
    return own(request, Thread).filter(pk__in=[pk for pk in picked if pk < 2**63])


def moment(text: str) -> datetime | None:
    """The moment that a form names; None where it is none, or has no time zone."""
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    return read if read and read.tzinfo else None


def _said(to: str, count: int) -> str:
    if to == "read":
        text = ngettext(
            "%(count)s conversation marked as read.",
            "%(count)s conversations marked as read.",
            count,
        )
    elif to == "unread":
        text = ngettext(
            "%(count)s conversation marked as unread.",
            "%(count)s conversations marked as unread.",
            count,
        )
    elif to == State.ARCHIVED:
        text = ngettext(
            "%(count)s conversation archived.", "%(count)s conversations archived.", count
        )
    elif to == State.TRASHED:
        text = ngettext(
            "%(count)s conversation moved to the trash.",
            "%(count)s conversations moved to the trash.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s conversation moved to the inbox.",
            "%(count)s conversations moved to the inbox.",
            count,
        )
    return text % {"count": number_format(count, force_grouping=True)}
