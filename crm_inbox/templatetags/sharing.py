"""Who can read a conversation, on its page."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.auth.models import User

from sync.models import Thread

register = template.Library()
# More are counted, not named.
_NAMED = 12


@register.inclusion_tag("conversation/sharing.html", takes_context=True)
def sharing(context: dict[str, Any], thread: Thread) -> dict[str, object]:
    """A part of the page with a question of its own, so that no view has to know of it."""
    request = context["request"]
    mine = thread.owner_id == request.user.pk
    team = User.objects.filter(is_active=True).exclude(pk=thread.owner_id).order_by("username")
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "thread": thread,
        "mine": mine,
        "readers": [user.get_username() for user in team[:_NAMED]] if mine else [],
        "more": max(0, team.count() - _NAMED) if mine else 0,
    }
