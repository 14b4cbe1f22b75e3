"""Rendering a page inside the shell: the rail, its counts, the state of the sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from crm_inbox.filters import VIEWS, Filter
from crm_inbox.search_terms import OPERATORS
from crm_inbox.views import appearance
from crm_inbox.views.access import SignedIn, own
from sync.models import Account, Run

# Counted no further, so that the rail costs the same whatever the mailbox holds.
UNREAD_COUNTED = 999
OPEN_STATES = (Run.State.WAITING, Run.State.RUNNING)


@dataclass(frozen=True)
class Link:
    name: str
    url: str
    icon: str
    current: bool
    count: str


@dataclass(frozen=True)
class SyncDot:
    kind: str
    words: str


class Shell:
    """What base.html and rail.html show around every page; each value is asked for once."""

    def __init__(self, request: SignedIn, section: str, title: str) -> None:
        self.request, self.section, self.title = request, section, title
        self.unread = Filter("inbox").unread(request.user, UNREAD_COUNTED + 1)
        self.accounts = list(
            own(request, Account)
            .annotate(
                busy=Exists(Run.objects.filter(account=OuterRef("pk"), state__in=OPEN_STATES))
            )
            .order_by("pk")
        )

    @property
    def unread_text(self) -> str:
        return f"{UNREAD_COUNTED}+" if self.unread > UNREAD_COUNTED else str(self.unread)

    @property
    def mail_links(self) -> Iterator[Link]:
        for view in (view for view in VIEWS.values() if view.in_rail):
            count = self.unread_text if view.slug == "inbox" and self.unread else ""
            url = reverse(view.slug)
            yield Link(str(view.name), url, view.icon, view.slug == self.section, count)

    @property
    def search_url(self) -> str:
        """Mail in the trash is found in the trash only."""
        return reverse("trash" if self.section == "trash" else "search")

    @property
    def search_operators(self) -> tuple[str, ...]:
        return OPERATORS

    @property
    def appearances(self) -> Iterator[appearance.Choice]:
        return appearance.choices(self.request)

    @cached_property
    def sync(self) -> SyncDot | None:
        """The one dot for all accounts: the worst of them."""
        if not self.accounts:
            return None
        if any(account.problem for account in self.accounts):
            return SyncDot("problem", _("needs attention"))
        if any(account.busy for account in self.accounts):
            return SyncDot("syncing", _("syncing"))
        return SyncDot("good", _("up to date"))


def render_page(
    request: SignedIn,
    template: str,
    context: Mapping[str, Any],
    *,
    section: str,
    title: str,
) -> HttpResponse:
    """The page in the person's own time zone; htmx gets what `template` names after a #."""
    shell = Shell(request, section, title)
    with timezone.override(own_zone(request)):
        return _render(request, template, {**context, "shell": shell})


def account_shell(request: HttpRequest) -> dict[str, object]:
    """Context processor: the shell for pages that are not ours to render, such as allauth's."""
    if not request.user.is_authenticated:
        return {}
    ours = cast(SignedIn, request)
    return {"shell": SimpleLazyObject(lambda: Shell(ours, "account", _("Your account")))}


def render_fragment(request: SignedIn, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A part of a page, without the queries of the shell."""
    with timezone.override(own_zone(request)):
        return _render(request, template, context)


def own_zone(request: HttpRequest) -> ZoneInfo:
    """As site.js tells it in a cookie; the site's own zone where it does not."""
    try:
        return ZoneInfo(request.COOKIES.get("timezone", ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(timezone.get_default_timezone_name())


@vary_on_headers("HX-Request")
def _render(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, dict(context))
