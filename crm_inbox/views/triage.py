"""Archive, unarchive, delete, restore and mark: one conversation or all that match, with undo."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.filters import Filter
from crm_inbox.ids import number
from crm_inbox.neighbours import Trail
from crm_inbox.toasts import Toast
from crm_inbox.views.access import SignedIn, own, signed_in, way_back
from crm_inbox.views.page import own_zone, render_fragment
from sync import bulk, deleting, rearranging, tasks
from sync.models import BulkAction, Thread

# How long a click may take before the rest of its work is left to a worker.
PATIENCE_SECONDS = 1.0


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
    if to not in bulk.CHOICES:
        return HttpResponseBadRequest(_("There is no such action."), content_type="text/plain")
    filter_ = Filter.from_query(view, request.GET, own_zone(request))
    as_of = moment(request.POST.get("as_of", ""))
    done = begin(request, selected(request, filter_, as_of), to, as_of or timezone.now())
    return _say(request, Toast.of(done), _back(request, view))


def _back(request: SignedIn, view: str) -> str:
    """The list that people came from, at the line where they go on."""
    trail = Trail.read(request.GET, view, own_zone(request))
    picked = _picked(request)
    # Of several, there is no one line at which people were; the list on a page stays anyway.
    alone = not request.htmx and len(picked) == 1
    thread = own(request, Thread).filter(pk=picked[0]).first() if alone else None
    return trail.back_to(trail.line(request.user, thread) if thread else None)


def begin(request: SignedIn, threads: QuerySet[Thread], to: str, as_of: datetime) -> BulkAction:
    """Do it; what takes longer than people wait goes on in the background."""
    done = _patiently(bulk.act(request.user, threads, to, as_of))
    # What a worker brings to its end, it deletes for good itself.
    if to == Thread.State.TRASHED and not settings.TRASH_DAYS and done.finished_at:
        deleting.empty_trash(0)
        tasks.bury.delay()
    elif to == bulk.GONE and done.changed:
        tasks.bury.delay()
    return done


@require_POST
@signed_in
def undo(request: SignedIn, action: UUID) -> HttpResponse:
    """Put back what an action did, or has done until now."""
    way = way_back(request, request.POST.get("next", ""))
    if rearranging.undo(request.user, action):
        return _say(request, Toast(_("The messages are where they were.")), way)
    return _say(request, Toast.of(_patiently(bulk.undo(request.user, action))), way)


@require_safe
@signed_in
def progress(request: SignedIn, action: UUID) -> HttpResponse:
    """How far a large action is, for the page that shows it."""
    found = own(request, BulkAction).filter(pk=action).first()
    if found is None:
        raise Http404
    return render_fragment(request, "toast.html", {"toast": Toast.of(found)})


def tell(request: SignedIn, toast: Toast) -> None:
    """Say on the next page what was done; what is under way every page shows by itself."""
    if toast.failed:
        messages.error(request, toast.text)
    elif toast.percent is None:
        messages.success(request, toast.text, str(toast.action) if toast.can_undo else "")


def moment(text: str) -> datetime | None:
    """The moment that a form names; None where it is none, or has no time zone."""
    try:
        read = parse_datetime(text)
    except ValueError:
        return None
    return read if read and read.tzinfo else None


def selected(request: SignedIn, filter_: Filter, as_of: datetime | None) -> QuerySet[Thread]:
    if "all" in request.POST:
        threads = filter_.threads(request.user)
        return threads.filter(last_message_at__lte=as_of) if as_of else threads.none()
    return own(request, Thread).filter(pk__in=_picked(request))


def _picked(request: SignedIn) -> list[int]:
    return [found for key in request.POST.getlist("thread") if (found := number(key))]


def _patiently(done: BulkAction) -> BulkAction:
    if done.finished_at:
        return done
    if bulk.work(done.pk, PATIENCE_SECONDS):
        tasks.bulk.delay(str(done.pk))
    done.refresh_from_db()
    return done


def _say(request: SignedIn, toast: Toast, back: str) -> HttpResponse:
    """The list on the page stays where it is and gets a sentence; a plain form a whole page."""
    if request.htmx:
        return render_fragment(request, "toast.html", {"toast": toast})
    tell(request, toast)
    return redirect(back)
