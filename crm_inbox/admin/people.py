"""People: who may sign in, and with what; no password, key or code is ever shown."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from crm_inbox.accounts import SecondStep
from crm_inbox.looks import Look
from crm_inbox.sessions import Session

# Generic for the type checker only.
if TYPE_CHECKING:
    AuthenticatorAdmin = admin.ModelAdmin[SecondStep]
    PeopleAdmin = UserAdmin[User]
    OpenSessionAdmin = admin.ModelAdmin[Session]
else:
    AuthenticatorAdmin = OpenSessionAdmin = admin.ModelAdmin
    PeopleAdmin = UserAdmin

_KINDS = {
    SecondStep.Type.TOTP: gettext_lazy("Authenticator app"),
    SecondStep.Type.WEBAUTHN: gettext_lazy("Passkey"),
    SecondStep.Type.RECOVERY_CODES: gettext_lazy("Recovery codes"),
}

# Of no use here (an address is part of the person, rights are those of an administrator), or
# shown below without what is secret in it.
for model in (EmailAddress, Group, User, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(PeopleAdmin):
    list_display = (
        *("username", "email", "is_active", "is_staff", "accounts", "last_login", "date_joined"),
    )
    list_filter = ("is_active", "is_staff", "is_superuser")
    date_hierarchy = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).annotate(mailboxes=Count("mail_accounts"))

    @admin.display(description=gettext_lazy("accounts"), ordering="mailboxes")
    def accounts(self, person: Any) -> int:
        return int(person.mailboxes)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever may change people can make themselves an administrator, so only those may."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        """Also of a new password; a new address is a way to one."""
        Look.note_way_in(cast(User, request.user), obj, Look.What.PERSON)
        return super().log_change(request, obj, message)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not in passing: mail is removed account by account, slice by slice, and first."""
        if obj is None or obj.mail_accounts.exists():
            return False
        return super().has_delete_permission(request, obj)


@admin.register(SecondStep)
class SecondStepAdmin(AuthenticatorAdmin):
    """Removed for somebody who has lost theirs; the key in it is not to be seen."""

    list_display = ("person", "kind", "added", "last_used")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SecondStep | None = None) -> bool:
        return False

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[SecondStep]) -> Any:
        for step in queryset:
            Look.note_way_in(cast(User, request.user), step.user, Look.What.SECOND_STEP)
        return super().log_deletions(request, queryset)

    @admin.display(description=gettext_lazy("user"), ordering="user__username")
    def person(self, step: SecondStep) -> str:
        return str(step.user)

    @admin.display(description=gettext_lazy("kind"), ordering="type")
    def kind(self, step: SecondStep) -> str:
        return str(_KINDS[SecondStep.Type(step.type)])

    @admin.display(description=gettext_lazy("added"), ordering="created_at")
    def added(self, step: SecondStep) -> datetime:
        return step.created_at

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def last_used(self, step: SecondStep) -> datetime | None:
        return step.last_used_at


@admin.register(Session)
class SessionAdmin(OpenSessionAdmin):
    """Where people are signed in; removing one signs that browser out, say of a stolen laptop."""

    list_display = ("user", "ip", "user_agent", "begun_at", "ends_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email", "ip")
    fields = readonly_fields = list_display

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return Session.objects.of_anybody()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False
