"""What an administrator sees of the accounts, and can do; never a secret, never mail."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sync import problems, tasks
from sync.connecting import connect
from sync.models import Account, LedgerEntry, Run
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


class ReadOnly:
    """Nothing is added, changed or removed by a form: owners connect, and workers write."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class RunInline(ReadOnly, RunInlineAdmin):
    model = Run
    fields = ("kind", "state", "scope", "since", "created_at", "finished_at", "problem")
    readonly_fields = fields
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        newest = Run.objects.filter(account_id=_account_of(request)).order_by("-created_at")
        shown = newest.values_list("pk", flat=True)[:RUNS_SHOWN]
        return super().get_queryset(request).filter(pk__in=list(shown))


@admin.register(Account)
class AccountAdmin(ReadOnly, AccountModelAdmin):
    list_display = ("address", "owner", "state", "last_error", "checked_at", "retry_at")
    list_filter = ("state", "problem", "security")
    list_select_related = ("owner",)
    search_fields = ("address", "host", "owner__username")
    inlines = (RunInline,)
    actions = ("sync_now", "pause", "resume", "test_connection", "release_lease")
    fields = (
        *("address", "owner", "host", "port", "security", "username", "gmail"),
        *("state", "last_error", "problem_detail", "failures", "retry_at", "checked_at"),
        *("label_choice", "first_sync_done_at", "created_at", "decided"),
        *("lease_holder", "lease_until", "lease_epoch", "queued_until"),
    )

    @admin.display(description=gettext_lazy("last error"), ordering="problem")
    def last_error(self, account: Account) -> str:
        return str(problems.explain(account.problem).sentence) if account.problem else ""

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
        active = accounts.filter(state=Account.State.ACTIVE)
        _tell(request, active.update(state=Account.State.PAUSED))

    @admin.action(permissions=["view"], description=gettext_lazy("Resume"))
    def resume(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """A refused password stays refused: its owner has to enter another."""
        paused = accounts.filter(state=Account.State.PAUSED)
        _tell(request, paused.update(state=Account.State.ACTIVE, retry_at=None))

    @admin.action(permissions=["view"], description=gettext_lazy("Release a stuck lease"))
    def release_lease(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        """Whoever held it can write nothing any more (see sync.leases)."""
        released = accounts.exclude(lease_until=None).update(
            lease_holder="", lease_until=None, queued_until=None, lease_epoch=F("lease_epoch") + 1
        )
        _tell(request, released)

    @admin.action(permissions=["view"], description=gettext_lazy("Test the connection"))
    def test_connection(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        for account in accounts:
            told = {"account": account.address, "problem": _trouble(account)}
            if told["problem"]:
                messages.error(request, _("%(account)s: %(problem)s") % told)
            else:
                messages.success(request, _("%(account)s: the connection works.") % told)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """For those only who may change accounts; the forms stay read-only for them, too."""
        allowed = request.user.has_perm("sync.change_account")
        return dict(super().get_actions(request)) if allowed else {}


def _account_of(request: HttpRequest) -> int:
    """The id in the address; 0, which nobody has, where it is none."""
    match = request.resolver_match
    number = str(match.kwargs.get("object_id", "")) if match else ""
    return int(number) if number.isascii() and number.isdigit() else 0


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
