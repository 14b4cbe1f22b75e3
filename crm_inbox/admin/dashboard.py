"""How the installation runs, on one page for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm_inbox import health
from crm_inbox.admin.plots import HEIGHT, WIDTH, LastHours
from sync import problems
from sync.admin.filters import failed, stuck
from sync.models import Account, SearchBacklog, Watch


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to look at, and where."""

    sentence: str
    address: str


def dashboard(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("sync.view_account"):
        raise PermissionDenied
    states = Account.objects.values_list("state").annotate(count=Count("pk")).order_by("state")
    context = {
        "title": _("How it runs"),
        "troubles": health.troubles(),
        "matters": _matters(),
        "states": [(Account.State(state).label, state, count) for state, count in states],
        "watched": Watch.awake().count(),
        "backlog": SearchBacklog.objects.count(),
        "hours": LastHours.now(),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return TemplateResponse(request, "admin/state.html", context | admin.site.each_context(request))


def _matters() -> list[Matter]:
    accounts = reverse("admin:sync_account_changelist")
    rows = Account.objects.exclude(problem="").values_list("problem")
    found = [
        Matter(
            f"{_accounts(count)}: {problems.explain(code).sentence}",
            f"{accounts}?problem={code}",
        )
        for code, count in rows.annotate(count=Count("pk")).order_by("-count")
    ]
    if count := Account.objects.filter(stuck()).count():
        words = _("A worker died while it had them.")
        found.append(Matter(f"{_accounts(count)}: {words}", f"{accounts}?attention=stuck"))
    if count := failed().count():
        said = ngettext(
            "%(count)s message could not be read.", "%(count)s messages could not be read.", count
        )
        found.append(
            Matter(said % {"count": count}, reverse("admin:sync_failedmessage_changelist"))
        )
    return found


def _accounts(count: int) -> str:
    return ngettext("%(count)s account", "%(count)s accounts", count) % {"count": count}
