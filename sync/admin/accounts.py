"""The accounts: their state, their last error in words, what can be done about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from sync import problems, tasks
from sync.admin import account_pages
from sync.admin.filters import AttentionFilter, ProblemFilter
from sync.admin.readonly import ReadOnly
from sync.connecting import connect
from sync.models import Account, Coverage, LedgerEntry, Message, Run
from sync.secrets import SecretUnreadable
from sync.wire import WireError

# Generic for the type checker only.
if TYPE_CHECKING:
    AccountModelAdmin = admin.ModelAdmin[Account]
    RunInlineAdmin = admin.TabularInline[Run, Account]
else:
    AccountModelAdmin = admin.ModelAdmin
    RunInlineAdmin = admin.TabularInline

RUNS_SHOWN = 20
# A server that does not answer holds up the page for ten seconds.
TESTED_AT_ONCE = 5


class RunInline(ReadOnly, RunInlineAdmin):
    model = Run
    fields = ("kind", "state", "scope", "since", "created_at", "finished_at", "last_error")
    readonly_fields = fields
    ordering = ("-created_at",)
    show_change_link = True
    verbose_name_plural = gettext_lazy("the newest runs")

    @admin.display(description=gettext_lazy("last error"))
    def last_error(self, run: Run) -> str:
        return str(problems.explain(run.problem).sentence) if run.problem else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        newest = Run.objects.filter(account_id=_account_of(request)).order_by("-created_at")
        shown = newest.values_list("pk", flat=True)[:RUNS_SHOWN]
        return super().get_queryset(request).filter(pk__in=list(shown))


@admin.register(Account)
class AccountAdmin(ReadOnly, AccountModelAdmin):
    list_display = (
        *("address", "state_in_words", "last_error", "covered", "messages_here", "last_look"),
        *("next_look", "owner"),
    )
    list_filter = (AttentionFilter, "state", ProblemFilter, "security")
    list_select_related = ("owner",)
    list_per_page = 50
    search_fields = ("address", "host", "owner__username")
    inlines = (RunInline,)
    actions = ("sync_now", "pause", "resume", "test_connection", "release_lease")
    change_form_template = "admin/sync/account/change_form.html"
    fieldsets = (
        (None, {"fields": ("address", "owner", "state_in_words", "last_error", "advice")}),
        (
            gettext_lazy("What is here"),
            {
                "fields": (
                    *("covered", "decided", "checked_at", "next_look", "label_choice"),
                    *("first_sync_done_at", "created_at"),
                )
            },
        ),
        (
            gettext_lazy("Mail server"),
            {"fields": ("host", "port", "security", "username", "gmail", "problem_detail")},
        ),
        (
            gettext_lazy("Workers"),
            {
                "classes": ("collapse",),
                "fields": (
                    *("failures", "retry_at", "queued_until"),
                    *("lease_holder", "lease_until", "lease_epoch"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        covered = Coverage.objects.filter(
            folder__account=OuterRef("pk"), scope=Coverage.Scope.EVERYONE
        )
        here = Message.objects.filter(account=OuterRef("pk"), tombstone_since=None).order_by()
        count = here.values("account").annotate(count=Count("pk")).values("count")
        return (
            super()
            .get_queryset(request)
            .annotate(
                covered_since=Subquery(covered.order_by("since").values("since")[:1]),
                here=Coalesce(Subquery(count), 0),
            )
        )

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                "<int:pk>/password/",
                self.admin_site.admin_view(self.password_page),
                name="sync_account_password",
            ),
            path(
                "<int:pk>/remove/",
                self.admin_site.admin_view(self.remove_page),
                name="sync_account_remove",
            ),
        ]
        return [*pages, *super().get_urls()]

    @method_decorator(sensitive_post_parameters("password"))
    def password_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        return account_pages.password(self, request, pk)

    def remove_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        return account_pages.remove(self, request, pk)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_in_words(self, account: Account) -> str:
        return str(Account.State(account.state).label)

    @admin.display(description=gettext_lazy("covered since"), ordering="covered_since")
    def covered(self, account: Any) -> str:
        since = account.covered_since
        return date_format(timezone.localtime(since), "DATE_FORMAT") if since else "-"

    @admin.display(description=gettext_lazy("messages"))
    def messages_here(self, account: Any) -> int:
        return int(account.here)

    @admin.display(description=gettext_lazy("last look"), ordering="checked_at")
    def last_look(self, account: Account) -> str:
        return str(naturaltime(account.checked_at)) if account.checked_at else ""

    @admin.display(description=gettext_lazy("last error"), ordering="problem")
    def last_error(self, account: Account) -> str:
        nothing = self.get_empty_value_display()
        return str(problems.explain(account.problem).sentence) if account.problem else nothing

    @admin.display(description=gettext_lazy("what to do"))
    def advice(self, account: Account) -> str:
        nothing = self.get_empty_value_display()
        return str(problems.explain(account.problem).advice) if account.problem else nothing

    @admin.display(description=gettext_lazy("next look"))
    def next_look(self, account: Account) -> str:
        now = timezone.now()
        if account.state != Account.State.ACTIVE:
            return str(_("None"))
        if account.lease_until and account.lease_until > now:
            return str(_("Being synced now"))
        if account.retry_at and account.retry_at > now:
            moment = date_format(timezone.localtime(account.retry_at), "DATETIME_FORMAT")
            return str(_("Another try: %(moment)s")) % {"moment": moment}
        return str(_("New mail or next poll"))

    @admin.display(description=gettext_lazy("messages by state"))
    def decided(self, account: Account) -> str:
        """What the ledger holds, counted for this one account."""
        rows = LedgerEntry.objects.filter(folder__account=account, expunged_at=None)
        counts = rows.values_list("state").annotate(count=Count("pk")).order_by("state")
        return ", ".join(f"{LedgerEntry.State(state).label}: {count}" for state, count in counts)

    @admin.action(permissions=["view"], description=gettext_lazy("Sync now"))
    def sync_now(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        found = list(accounts.filter(state=Account.State.ACTIVE).values_list("pk", flat=True))
        Account.objects.filter(pk__in=found).update(retry_at=None)
        for pk in found:
            transaction.on_commit(partial(tasks.wake, pk))
        _tell(request, len(found))

    @admin.action(permissions=["view"], description=gettext_lazy("Pause"))
    def pause(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """What a worker has begun, it ends within its slice."""
        active = _noted(request, accounts.filter(state=Account.State.ACTIVE), "Paused.")
        _tell(request, active.update(state=Account.State.PAUSED))

    @admin.action(permissions=["view"], description=gettext_lazy("Resume"))
    def resume(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """A refused password stays refused: its owner has to enter another."""
        paused = _noted(request, accounts.filter(state=Account.State.PAUSED), "Resumed.")
        _tell(request, paused.update(state=Account.State.ACTIVE, retry_at=None))

    @admin.action(permissions=["view"], description=gettext_lazy("Release a stuck lease"))
    def release_lease(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """Whoever held it can write nothing any more (see sync.leases)."""
        held = _noted(request, accounts.exclude(lease_until=None), "Its lease was released.")
        released = held.update(
            lease_holder="", lease_until=None, queued_until=None, lease_epoch=F("lease_epoch") + 1
        )
        _tell(request, released)

    @admin.action(permissions=["view"], description=gettext_lazy("Test the connection"))
    def test_connection(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        if accounts.count() > TESTED_AT_ONCE:
            said = _("Choose at most %(count)s accounts: each may take a while.")
            messages.error(request, said % {"count": TESTED_AT_ONCE})
            return
        for account in accounts:
            told = {"account": account.address, "problem": _trouble(account)}
            if told["problem"]:
                messages.error(request, _("%(account)s: %(problem)s") % told)
            else:
                messages.success(request, _("%(account)s: the connection works.") % told)


def _account_of(request: HttpRequest) -> int:
    """The id in the address; 0, which nobody has, where it is none."""
    match = request.resolver_match
    number = str(match.kwargs.get("object_id", "")) if match else ""
    return int(number) if number.isascii() and number.isdigit() else 0


def _noted(request: HttpRequest, accounts: QuerySet[Account], what: str) -> QuerySet[Account]:
    """These accounts, as long as they are what was asked for, with it in each one's history."""
    found = list(accounts)
    user = cast(User, request.user)
    LogEntry.objects.log_actions(user.pk, found, CHANGE, what, single_object=False)
    return accounts.filter(pk__in=[account.pk for account in found])


def _trouble(account: Account) -> str:
    """What is wrong with the connection, "" where it works."""
    try:
        with connect(account):
            return ""
    except WireError as error:
        return str(problems.explain(error.code).sentence)
    except SecretUnreadable:
        return str(problems.explain(problems.SECRET_UNREADABLE).sentence)


def _tell(request: HttpRequest, count: int) -> None:
    text = ngettext("Done for %(count)s account.", "Done for %(count)s accounts.", count)
    messages.success(request, text % {"count": count})
