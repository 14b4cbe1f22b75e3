"""Rendering a page inside the shell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from crm_inbox.shell import Shell
from crm_inbox.views.access import SignedIn


def render_page(
    request: SignedIn,
    template: str,
    context: Mapping[str, Any],
    *,
    section: str,
    title: str,
) -> HttpResponse:
    """The page inside its shell; htmx gets what `template` names after a #."""
    return _render(request, template, {**context, "shell": Shell(request, section, title)})


def account_shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: the shell for pages that are not ours to render, such as allauth's."""
    # A request that was refused before anybody looked who it is from has no user.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    ours = cast(SignedIn, request)
    return {"shell": SimpleLazyObject(lambda: Shell(ours, "account", _("Your account")))}


def render_fragment(request: SignedIn, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A part of a page, without the queries of the shell."""
    return _render(request, template, context)


def own_zone(request: HttpRequest) -> ZoneInfo:
    """The person's own time zone, in which crm_inbox.personal runs every request."""
    return ZoneInfo(timezone.get_current_timezone_name())


@vary_on_headers("HX-Request")
def _render(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, dict(context))
