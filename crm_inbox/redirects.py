"""Telling a page where it goes next, so that it can stay where it is when it is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

# static/js/forms.js sends it with a form: an address to go to, or words to show.
HEADER = "X-Redirect"
_TOLD = "told"


def wants_words(request: HttpRequest) -> bool:
    """Whether a script has sent a form, and says itself what is wrong."""
    return request.headers.get(HEADER) == _TOLD


def refused(request: HttpRequest, said: str, way_out: str) -> HttpResponse:
    """Nothing is done, and `said` why: on the page that asked, else on the one of `way_out`."""
    if wants_words(request):
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, said)
    return redirect(way_out)


class TellRedirects:
    """Middleware: a redirect becomes its address as text, which a script could not read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if not wants_words(request) or not response.has_header("Location"):
            return response
        told = HttpResponse(response.headers["Location"], content_type="text/plain")
        told.cookies = response.cookies
        return told
