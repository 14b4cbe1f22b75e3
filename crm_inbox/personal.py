"""Each person's language and time zone, on every page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm_inbox.profiles import Profile, known_zone


class PersonalRequest(HttpRequest):
    """A request for which PersonalSettings has looked the profile up."""

    profile: Profile


class PersonalSettings:
    """Middleware: the person's own language and zone; before signing in, the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: PersonalRequest) -> HttpResponse:
        browsers = known_zone(request.COOKIES.get("timezone", ""))
        if not request.user.is_authenticated:
            with timezone.override(browsers):
                return self._get_response(request)
        request.profile = Profile.of(request.user)
        if not request.profile.time_zone and browsers:
            # The first page after the first sign-in: the person lives where the browser says.
            request.profile.time_zone = browsers.key
            request.profile.save()
        language = request.profile.language or translation.get_language() or ""
        with timezone.override(request.profile.zone), translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response
