"""How much of a request is read at all."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _


class UploadLimit:
    """Middleware: refuse what is larger than UPLOAD_LIMIT before a byte of it is read.

    A request that does not tell its length has no body for Django, whatever follows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isascii() and length.isdigit() and int(length) > settings.UPLOAD_LIMIT:
            return HttpResponse(
                _("This file is too large for the site."), status=413, content_type="text/plain"
            )
        return self._get_response(request)
