"""Mail for administrators, where ADMIN_READS_MAIL allows it, and the list of who has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy

from crm_inbox.looks import Look
from sync.admin.readonly import Newest, ReadOnly, named, narrowed
from sync.models import Message

# Generic for the type checker only.
if TYPE_CHECKING:
    LookModelAdmin = admin.ModelAdmin[Look]
    MessageModelAdmin = admin.ModelAdmin[Message]
else:
    LookModelAdmin = MessageModelAdmin = admin.ModelAdmin

_ACCOUNT = gettext_lazy("email account")
_ARRIVED = gettext_lazy("arrived")
_DIRECTION = gettext_lazy("direction")
_QUALITY = gettext_lazy("quality")
_NARROWED = {"direction": _DIRECTION, "quality": _QUALITY}


@admin.register(Message)
class MessageAdmin(ReadOnly, MessageModelAdmin):
    """The list tells when and how large, no more; one message tells all, and the look is noted."""

    list_display = (
        named("account", _ACCOUNT),
        named("arrived_at", _ARRIVED),
        named("direction", _DIRECTION),
        named("size", gettext_lazy("size"), filesizeformat),
        named("quality", _QUALITY),
    )
    list_filter = tuple(narrowed(name, title) for name, title in _NARROWED.items())
    list_select_related = ("account",)
    list_per_page = 50
    # By the primary key.
    ordering = ("-pk",)
    show_full_result_count = False
    paginator = Newest
    search_fields = ("account__address",)
    fields = (  # type: ignore[assignment]  # the stubs know of no functions here
        named("account", _ACCOUNT),
        named("from_name", gettext_lazy("name of the sender")),
        named("from_address", gettext_lazy("address of the sender")),
        named("subject", gettext_lazy("subject")),
        named("sent_at", gettext_lazy("sent")),
        named("arrived_at", _ARRIVED),
        "text",
    )
    readonly_fields = fields  # type: ignore[assignment]  # the same

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

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Nobody changes a message here, and its subject would be told without a look."""
        raise Http404

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By the list's own filters only: others would find out letter by letter what it says."""
        return lookup.partition("__")[0] in _NARROWED

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
