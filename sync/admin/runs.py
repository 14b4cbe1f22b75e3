"""Runs: what each was asked for, how far it is, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync import problems, runs
from sync.admin.readonly import Newest, ReadOnly
from sync.models import LedgerEntry, Run

# Generic for the type checker only.
if TYPE_CHECKING:
    RunModelAdmin = admin.ModelAdmin[Run]
else:
    RunModelAdmin = admin.ModelAdmin


@admin.register(Run)
class RunAdmin(ReadOnly, RunModelAdmin):
    list_display = (
        *("account", "kind", "state", "last_error", "waiting", "since", "created_at"),
        "finished_at",
    )
    list_filter = ("state", "kind")
    list_select_related = ("account",)
    list_per_page = 50
    # By the primary key.
    ordering = ("-pk",)
    show_full_result_count = False
    paginator = Newest
    search_fields = ("account__address",)
    fields = (
        *("account", "kind", "state", "scope", "since", "restore", "progress", "unread"),
        *("created_at", "listed_at", "finished_at", "last_error"),
    )

    @admin.display(description=gettext_lazy("still to fetch"))
    def waiting(self, run: Run) -> int:
        """Those that wait have an index of their own."""
        return run.entries.filter(state=LedgerEntry.State.LISTED).count()

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, run: Run) -> str:
        found = runs.progress(run)
        return _("%(done)s of %(total)s messages") % {"done": found.done, "total": found.total}

    @admin.display(description=gettext_lazy("could not be read"))
    def unread(self, run: Run) -> int:
        return run.entries.filter(state=LedgerEntry.State.FAILED).count()

    @admin.display(description=gettext_lazy("last error"), ordering="problem")
    def last_error(self, run: Run) -> str:
        return str(problems.explain(run.problem).sentence) if run.problem else ""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sync.view_run")
