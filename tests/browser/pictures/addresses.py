"""The site's addresses, and some where something goes wrong."""

from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from crm_inbox.urls import urlpatterns as of_the_site

_ERRORS = {400: BadRequest, 403: PermissionDenied, 500: RuntimeError}


def fail(request: HttpRequest, status: int) -> NoReturn:
    raise _ERRORS[status]


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def out_of_date(request: HttpRequest) -> HttpResponse:
    return csrf_failure(request, REASON_NO_CSRF_COOKIE)


urlpatterns = [
    path("error/429/", too_many),
    path("error/<int:status>/", fail),
    path("error/csrf/", out_of_date),
    *of_the_site,
]
