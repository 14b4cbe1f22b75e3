"""What the lists of administrators can be narrowed down to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sync import problems
from sync.models import Account, LedgerEntry

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def in_trouble() -> Q:
    """Accounts that somebody should look at; pauses that people chose are none."""
    return ~Q(problem="") | Q(state=Account.State.REFUSED) | stuck()


def stuck() -> Q:
    """A lease that ended without being given back: its worker has died, and nobody came since."""
    return Q(lease_until__lte=Now())


class AttentionFilter(admin.SimpleListFilter):
    title = _("attention")
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("yes", _("Needs attention")), ("stuck", _("Lease that is stuck"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"yes": in_trouble(), "stuck": stuck()}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


class ProblemFilter(admin.SimpleListFilter):
    """Only those that there are, in words."""

    title = _("last error")
    parameter_name = "problem"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        rows = model_admin.get_queryset(request).exclude(problem="").order_by("problem")
        codes = rows.values_list("problem", flat=True).distinct()
        return [(code, problems.explain(code).sentence) for code in codes]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(problem=self.value()) if self.value() else queryset


def failed() -> QuerySet[LedgerEntry]:
    """Messages that could not be read; of what has left the server nothing can be done."""
    return LedgerEntry.objects.filter(state=LedgerEntry.State.FAILED, expunged_at=None)
