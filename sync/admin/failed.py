"""Messages that could not be read: where they lie, why, and once more."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy, ngettext

from sync import picking, problems, tasks
from sync.admin.filters import ProblemFilter, failed
from sync.admin.readonly import Newest, ReadOnly, named
from sync.models import Account, Coverage, FailedMessage

# Generic for the type checker only.
if TYPE_CHECKING:
    FailedModelAdmin = admin.ModelAdmin[FailedMessage]
else:
    FailedModelAdmin = admin.ModelAdmin


@admin.register(FailedMessage)
class FailedAdmin(ReadOnly, FailedModelAdmin):
    """What is known of them without their text."""

    list_display = (
        *("account", "folder_name", "uid"),
        named("arrived_at", gettext_lazy("arrived")),
        named("size", gettext_lazy("size"), filesizeformat),
        "why",
        named("tries", gettext_lazy("tries")),
    )
    list_display_links = None
    list_filter = (ProblemFilter,)
    list_select_related = ("folder__account",)
    list_per_page = 100
    show_full_result_count = False
    paginator = Newest
    search_fields = ("folder__account__address",)
    actions = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedMessage]:
        return FailedMessage.objects.filter(pk__in=failed().values("pk"))

    @admin.display(description=gettext_lazy("account"))
    def account(self, entry: FailedMessage) -> str:
        return entry.folder.account.address

    @admin.display(description=gettext_lazy("folder"))
    def folder_name(self, entry: FailedMessage) -> str:
        return entry.folder.name

    @admin.display(description=gettext_lazy("why"), ordering="problem")
    def why(self, entry: FailedMessage) -> str:
        return str(problems.explain(entry.problem).sentence)

    @admin.action(permissions=["view"], description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, entries: QuerySet[FailedMessage]) -> None:
        """A run that fetches them anew, for each account."""
        picks: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
        rows = entries.values_list("folder__account", "folder", "uidvalidity", "uid")
        count = 0
        for owner, folder, uidvalidity, uid in rows:
            picks[owner][folder, uidvalidity].append(uid)
            count += 1
        for account in Account.objects.filter(pk__in=picks):
            wanted = [(*place, uids) for place, uids in picks[account.pk].items()]
            picking.pick(account, wanted, Coverage.Scope.EVERYONE)
            transaction.on_commit(partial(tasks.wake, account.pk))
        said = ngettext(
            "%(count)s message is fetched again.", "%(count)s messages are fetched again.", count
        )
        messages.success(request, said % {"count": count})
