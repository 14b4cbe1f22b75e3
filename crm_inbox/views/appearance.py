"""Light, dark, or as the system has it: a cookie, so that the first paint is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from crm_inbox.views.access import SignedIn, signed_in, way_back

COOKIE = "appearance"
CHOICES = {
    "system": (_("As the system has it"), "computer-desktop"),
    "light": (_("Light"), "sun"),
    "dark": (_("Dark"), "moon"),
}
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Choice:
    value: str
    name: str
    icon: str
    current: bool


def chosen(request: HttpRequest) -> str:
    value = request.COOKIES.get(COOKIE, "")
    return value if value in CHOICES else "system"


def choices(request: HttpRequest) -> Iterator[Choice]:
    for value, (name, icon) in CHOICES.items():
        yield Choice(value, str(name), icon, value == chosen(request))


@require_POST
@signed_in
def appearance(request: SignedIn) -> HttpResponse:
    value = request.POST.get("appearance", "")
    if value not in CHOICES:
        return HttpResponseBadRequest()
    response = redirect(way_back(request, request.headers.get("Referer", "")))
    response.set_cookie(
        COOKIE, value, _A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response
