"""Where a mailbox can be signed in to at its provider, a link that does."""

from __future__ import annotations

from django import template

from sync.oauth import provider_of_host

register = template.Library()


@register.inclusion_tag("mailboxes/oauth.html")
def sign_in_at_provider(host: str | None, address: str | None) -> dict[str, object]:
    return {"provider": provider_of_host(host or ""), "address": address}
