"""People: who may sign in, and with what; no password, key or code is ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

# Generic for the type checker only.
if TYPE_CHECKING:
    AuthenticatorAdmin = admin.ModelAdmin[Authenticator]
    PeopleAdmin = UserAdmin[User]
    UserSessionAdmin = admin.ModelAdmin[UserSession]
else:
    AuthenticatorAdmin = UserSessionAdmin = admin.ModelAdmin
    PeopleAdmin = UserAdmin

for model in (User, Authenticator, UserSession):
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

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not in passing: mail is removed account by account, slice by slice, and first."""
        if obj is None or obj.mail_accounts.exists():
            return False
        return super().has_delete_permission(request, obj)


@admin.register(Authenticator)
class SecondStepAdmin(AuthenticatorAdmin):
    """Removed for somebody who has lost theirs; the key in it is not to be seen."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(UserSession)
class SessionAdmin(UserSessionAdmin):
    """Where people are signed in. Its key would let anybody in, so it is not to be seen."""

    list_display = ("user", "ip", "user_agent", "created_at", "last_seen_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: UserSession | None = None) -> bool:
        """People end their sessions themselves; whoever is made inactive is out at once."""
        return False
