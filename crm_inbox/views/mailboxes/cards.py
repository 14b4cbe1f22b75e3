"""The Email sync page: a card for each account."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.card import Card
from crm_inbox.views.page import render_fragment, render_page
from sync.models import Account


@require_safe
@signed_in
def mailboxes(request: SignedIn) -> HttpResponse:
    cards = [Card(account) for account in own(request, Account).order_by("pk")]
    context = {"cards": cards}
    return render_page(
        request, "mailboxes/list.html", context, section="mailboxes", title=_("Email sync")
    )


@require_safe
@signed_in
def card(request: SignedIn, pk: int) -> HttpResponse:
    """One card, for the page that polls it, and that is read anew when the account is gone."""
    if request.htmx and not own(request, Account).filter(pk=pk).exists():
        return HttpResponseClientRefresh()
    context = {"card": Card(find_own(own(request, Account), pk))}
    return render_fragment(request, "mailboxes/card.html", context)
