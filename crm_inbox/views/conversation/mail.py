"""What a mail holds: its HTML in a frame, its text in the page, its source."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.csp import mail_policy
from crm_inbox.neighbours import Trail
from crm_inbox.quoting import fold_quoted
from crm_inbox.views.access import SignedIn, find_own, readable, signed_in
from crm_inbox.views.conversation.letters import Letter, own_addresses
from crm_inbox.views.page import own_zone, render_fragment, render_page
from sync import problems
from sync.attachments import original_source
from sync.models import Message, TrustedSender
from sync.wire import WireError

# Characters of a source that are shown; all of it can be saved.
_SHOWN = 300_000


def find_letter(request: SignedIn, pk: int) -> Letter:
    """A message that the user may read and that was not deleted for good, open."""
    rows = readable(request, Message).filter(tombstone_since=None)
    rows = rows.select_related("body", "thread__account")
    row = find_own(rows.prefetch_related("participants", "attachments"), pk)
    images = row.from_address in trusted(request, [row])
    return Letter(row, True, images, own_addresses(request, row.thread))


def trusted(request: SignedIn, rows: list[Message]) -> set[str]:
    """Of the senders of these messages those whose images are always shown."""
    addresses = {row.from_address for row in rows if row.from_address}
    known = TrustedSender.objects.filter(owner=request.user, address__in=addresses)
    return set(known.values_list("address", flat=True))


@require_safe
@signed_in
def letter(request: SignedIn, pk: int) -> HttpResponse:
    """The content of a folded message, for the person who unfolds it."""
    found = find_letter(request, pk)
    if not request.htmx:
        place = reverse("conversation", args=[found.row.thread_id])
        return redirect(f"{place}?open={pk}#message-{pk}")
    trail = Trail.read(request.GET, "inbox", own_zone(request))
    context = {
        "letter": found,
        "thread": found.row.thread,
        "trail": trail.query,
        "filter": trail.filter,
    }
    return render_fragment(request, "conversation/letter_body.html", context)


@require_safe
@xframe_options_sameorigin
@signed_in
def frame(request: SignedIn, pk: int) -> HttpResponse:
    """A mail's HTML, for the sandboxed frame; `?images=1` lets remote images load."""
    found = find_letter(request, pk)
    remote = found.images or "images" in request.GET
    mail = found.safe_mail(remote)
    context = {
        "html": fold_quoted(mail.html),
        "appearance": "light" if mail.coloured else request.profile.appearance,
    }
    response = render(request, "conversation/frame.html", context)
    response["Content-Security-Policy"] = mail_policy(remote)
    response["Referrer-Policy"] = "no-referrer"
    # Where links lead is asked of no name server before somebody follows them.
    response["X-DNS-Prefetch-Control"] = "off"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@signed_in
def images(request: SignedIn, pk: int) -> HttpResponse:
    """Always show the images of this message's sender."""
    found = find_letter(request, pk)
    address = found.row.from_address
    if address:
        TrustedSender.objects.get_or_create(owner=request.user, address=address)
    if request.htmx:
        context = {"letter": replace(found, images=True)}
        return render_fragment(request, "conversation/frame_box.html", context)
    messages.success(request, _("Images from %(address)s are always shown.") % {"address": address})
    return redirect("letter", pk=pk)


@require_safe
@signed_in
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The whole source, fetched from the provider; `?download` saves it."""
    found = find_letter(request, pk)
    context: dict[str, object] = {"letter": found, "row": found.row}
    try:
        source = original_source(found.row)
    except WireError as error:
        context |= {"problem": problems.explain(error.code), "source": found.body.headers}
    else:
        if "download" in request.GET:
            return _saved(source, pk)
        text = source.decode("utf-8", "replace")
        context |= {"source": text[:_SHOWN], "cut": len(text) > _SHOWN, "size": len(source)}
    page = render_page(
        request, "conversation/original.html", context, section="", title=_("Original message")
    )
    page.status_code = 502 if "problem" in context else 200
    return page


def _saved(source: bytes, pk: int) -> HttpResponse:
    response = HttpResponse(source, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, f"message-{pk}.eml") or ""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
