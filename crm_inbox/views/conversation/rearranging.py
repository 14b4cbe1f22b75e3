"""Splitting a message out, and merging two conversations, by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.filters import Filter
from crm_inbox.ids import number
from crm_inbox.neighbours import Trail
from crm_inbox.redirects import refused
from crm_inbox.speakers import who
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.page import own_zone, render_fragment, render_page
from sync import rearranging
from sync.models import Message, Participant, Thread

_SUGGESTED = 8


@require_POST
@signed_in
def split(request: SignedIn, pk: int) -> HttpResponse:
    """Move a message to a conversation of its own, and show that."""
    message = find_own(own(request, Message).select_related("account", "thread"), pk)
    try:
        done, thread = rearranging.split(message)
    except rearranging.CannotRearrange:
        said = _("This message is the only one of its conversation.")
        return refused(request, said, reverse("conversation", args=[message.thread_id]))
    text = _("This message is a conversation of its own now. Answers to it will come here.")
    messages.success(request, text, extra_tags=str(done.action))
    trail = Trail.read(request.GET, "inbox", own_zone(request))
    return redirect(reverse("conversation", args=[thread.pk]) + trail.query)


@require_safe
@signed_in
def choose(request: SignedIn, pk: int) -> HttpResponse:
    """A search for the conversation to merge with."""
    thread = find_own(own(request, Thread).select_related("account"), pk)
    words = request.GET.get("q", "").replace("\0", "").strip()
    found = _candidates(request, thread, words)
    context = {"thread": thread, "words": words, "found": found, "who": who(request.user, found)}
    if request.htmx:
        part = "found.html" if "q" in request.GET else "merge.html#dialog"
        return render_fragment(request, f"conversation/{part}", context)
    title = _("Merge with another conversation")
    return render_page(request, "conversation/merge.html", context, section="", title=title)


@require_POST
@signed_in
def merge(request: SignedIn, pk: int) -> HttpResponse:
    """Put the messages of the conversation that `other` names into this one."""
    threads = own(request, Thread).select_related("account")
    thread = find_own(threads, pk)
    other = find_own(threads, number(request.POST.get("other", "")) or 0)
    try:
        done = rearranging.merge(other, thread)
    except rearranging.CannotRearrange:
        said = _("These two conversations cannot be merged.")
        return refused(request, said, reverse("conversation", args=[pk]))
    text = _("The two conversations are one now, and later mail of both will come here.")
    messages.success(request, text, extra_tags=str(done.action))
    return redirect("conversation", pk=pk)


def _candidates(request: SignedIn, thread: Thread, words: str) -> list[Thread]:
    """Conversations of the account that the words find; without words, those of the same people."""
    query = request.GET.copy()
    query["q"] = words
    found = Filter.from_query("search", query, own_zone(request)).threads(request.user)
    if not words:
        people = Participant.objects.filter(message__thread=thread)
        others = people.exclude(address__in=["", *thread.account.own_addresses])
        # Named one by one: in one query, PostgreSQL walked all mail of the owner's own address
        # for every conversation that there is.
        addresses = list(others.values_list("address", flat=True).distinct())
        theirs = Participant.objects.filter(address__in=addresses).values("message__thread")
        found = found.filter(pk__in=theirs)
    found = found.filter(account=thread.account_id).exclude(pk=thread.pk)
    return list(found.order_by("-last_message_at", "-pk")[:_SUGGESTED])
