"""Who was invited, by whom, and what became of it. The link itself is known to the invited only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_inbox.invitations import Invitation

# Generic for the type checker only.
if TYPE_CHECKING:
    InvitationModelAdmin = admin.ModelAdmin[Invitation]
else:
    InvitationModelAdmin = admin.ModelAdmin


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open")), ("accepted", _("Accepted")), ("ended", _("Run out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_open = Q(pk__in=Invitation.objects.open())
        wanted = {
            "open": is_open,
            "accepted": ~Q(accepted_at=None),
            "ended": Q(accepted_at=None) & ~is_open,
        }.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


@admin.register(Invitation)
class InvitationAdmin(InvitationModelAdmin):
    """New people are invited on the page Team, which can also show a link to hand over."""

    list_display = (
        *("email", "state", "administrator", "invited_by", "created_at", "expires_at"),
        "accepted_at",
    )
    list_filter = (StateFilter, "administrator")
    list_select_related = ("invited_by",)
    search_fields = ("email", "invited_by__username")
    ordering = ("-pk",)
    fields = readonly_fields = list_display
    actions = ("send_again", "withdraw")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Who has come in by whom stays to be seen; what is open is withdrawn."""
        return False

    def has_invite_permission(self, request: HttpRequest) -> bool:
        """As on the page Team: an invitation can make an administrator."""
        return bool(request.user.is_superuser)

    @admin.display(description=gettext_lazy("state"))
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return _("Accepted")
        return _("Open") if invitation.is_open else _("Run out")

    @admin.action(permissions=["invite"], description=gettext_lazy("Send a new link"))
    def send_again(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        """The link before it ends. Nobody who has come in is invited once more."""
        waiting = invitations.filter(accepted_at=None).order_by("pk")
        for email, rights in dict(waiting.values_list("email", "administrator")).items():
            if User.objects.filter(email__iexact=email).exists():
                continue
            if _send_again(request, email, rights):
                said = _("%(email)s gets a new link by email.")
                messages.success(request, said % {"email": email})
            else:
                said = _(
                    "No email could be sent to %(email)s, so nothing has changed. Invite them on"
                    " the page Team, which shows a link to hand over."
                )
                messages.error(request, said % {"email": email})

    @admin.action(permissions=["invite"], description=gettext_lazy("Withdraw"))
    def withdraw(self, request: HttpRequest, invitations: QuerySet[Invitation]) -> None:
        count, _details = invitations.filter(pk__in=Invitation.objects.open()).delete()
        said = ngettext(
            "%(count)s invitation is withdrawn.", "%(count)s invitations are withdrawn.", count
        )
        messages.success(request, said % {"count": count})


@transaction.atomic
def _send_again(request: HttpRequest, email: str, rights: bool) -> bool:
    """Where it cannot be sent, the link before it stays good."""
    made, token = Invitation.make(email, cast(User, request.user), administrator=rights)
    sent = made.send(request.build_absolute_uri(reverse("invitation", args=[token])))
    transaction.set_rollback(not sent)
    return sent
