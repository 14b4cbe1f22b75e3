"""Mail for administrators, where ADMIN_READS_MAIL allows it, and the list of who has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from crm_inbox.looks import Look
from sync.admin.readonly import Newest, ReadOnly
from sync.models import Message

# Generic for the type checker only.
if TYPE_CHECKING:
    LookModelAdmin = admin.ModelAdmin[Look]
    MessageModelAdmin = admin.ModelAdmin[Message]
else:
    LookModelAdmin = MessageModelAdmin = admin.ModelAdmin


@admin.register(Message)
class MessageAdmin(ReadOnly, MessageModelAdmin):
    """The list tells when and how large, no more; one message tells all, and the look is noted."""

    list_display = ("account", "arrived_at", "direction", "size", "quality")
    list_filter = ("direction", "quality")
    list_select_related = ("account",)
    list_per_page = 50
    # By the primary key.
    ordering = ("-pk",)
    show_full_result_count = False
    paginator = Newest
    search_fields = ("account__address",)
    fields = ("account", "from_name", "from_address", "subject", "sent_at", "arrived_at", "text")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("text"))
    def text(self, message: Message) -> str:
        return message.body.text

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        message = self.get_object(request, object_id) if object_id else None
        if message is not None and self.has_view_permission(request, message):
            Look.note(cast(User, request.user), message)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def has_view_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        allowed = bool(settings.ADMIN_READS_MAIL)
        return allowed and super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Look)
class LookAdmin(ReadOnly, LookModelAdmin):
    list_display = ("at", "administrator", "what", "account", "message_id")
    list_display_links = None
    list_filter = ("what", "administrator")
    search_fields = ("administrator", "account")
    ordering = ("-pk",)
    show_full_result_count = False
