"""Attached files: looked at, fetched, saved. Nothing in them runs here."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.files import File, raster_type
from crm_inbox.pdf_pages import CannotDraw, draw_page
from crm_inbox.views.access import SignedIn, find_own, readable, signed_in
from crm_inbox.views.page import render_fragment, render_page
from sync import problems
from sync.attachments import fetching, open_attachment
from sync.models import Attachment
from sync.wire import WireError

_POLICY = "default-src 'none'; sandbox"


@require_safe
@signed_in
def attachment(request: SignedIn, pk: int) -> HttpResponse:
    """The file, fetched from the provider when it is opened for the first time."""
    file = _find(request, pk)
    try:
        data = open_attachment(file)
    except WireError as error:
        return _not_fetched(request, file, error)
    image = None if "download" in request.GET else raster_type(data)
    return _inert(data, image, file.name or _("attachment"))


@require_POST
@signed_in
def fetch(request: SignedIn, pk: int) -> HttpResponseBase:
    """Fetch the file so that it is here; a line of JSON for each piece that has come."""
    file = _find(request, pk)
    lines = _progress(file, translation.get_language() or "en")
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson")
    # A proxy that collects it all would show no progress.
    response["X-Accel-Buffering"] = "no"
    response["Cache-Control"] = "no-store"
    return response


def _progress(file: Attachment, language: str) -> Iterator[str]:
    try:
        for got in fetching(file):
            yield json.dumps({"got": got}) + "\n"
    except WireError as error:
        with translation.override(language):
            problem = problems.explain(error.code)
            yield json.dumps({"problem": f"{problem.sentence} {problem.advice}"}) + "\n"
    else:
        yield json.dumps({"done": True}) + "\n"


@require_safe
@signed_in
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """The dialog in which an image or a page of a PDF is looked at."""
    file = File(_find(request, pk))
    if not file.can_be_seen:
        raise Http404
    return render_fragment(
        request, "conversation/preview.html", {"file": file, "number": _number(request)}
    )


@require_safe
@signed_in
def pdf_page(request: SignedIn, pk: int) -> HttpResponse:
    """A page of a PDF as an image; `?page` is its number, X-Pages says how many there are."""
    file = _find(request, pk)
    try:
        image, count = draw_page(open_attachment(file), _number(request))
    except WireError as error:
        return _not_fetched(request, file, error)
    except CannotDraw:
        return HttpResponse(status=422)
    response = _inert(image, "image/png", "page.png")
    response["X-Pages"] = str(count)
    return response


def _find(request: SignedIn, pk: int) -> Attachment:
    rows = readable(request, Attachment).filter(message__tombstone_since=None)
    return find_own(rows.select_related("message"), pk)


def _number(request: SignedIn) -> int:
    number = request.GET.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1


def _inert(data: bytes, image: str | None, name: str) -> HttpResponse:
    """An image to be seen, anything else to be saved; nothing of it may run or load."""
    response = HttpResponse(data, content_type=image or "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not image, name) or "attachment"
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _not_fetched(request: SignedIn, file: Attachment, error: WireError) -> HttpResponse:
    context = {"problem": problems.explain(error.code), "file": file}
    page = render_page(
        request, "conversation/not_fetched.html", context, section="", title=file.name
    )
    page.status_code = 502
    return page
