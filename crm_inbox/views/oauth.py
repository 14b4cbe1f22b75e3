"""Signing in at Google or Microsoft to connect a mailbox, or to let an account go on."""

from __future__ import annotations

import secrets
import time
from typing import Any, TypedDict

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from contacts.addresses import normalise
from crm_inbox.views.access import SignedIn, own, signed_in
from sync import folders, oauth, problems, tasks
from sync.connecting import server_of
from sync.models import Account
from sync.wire import Connection, Credentials, WireError

_SESSION = "oauth"
# Seconds that a person has at the provider.
_PATIENCE = 900
# Ways begun at once, in several tabs.
_BEGUN = 5


class _Way(TypedDict):
    """What is remembered while the person is at the provider."""

    provider: str
    verifier: str
    address: str
    began: float


@require_safe
@never_cache
@signed_in
def begin(request: SignedIn, provider: str) -> HttpResponse:
    """Off to the provider. A link: our policy lets no form lead elsewhere."""
    chosen = _provider(provider)
    address = normalise(request.GET.get("address", ""))
    if not address:
        return redirect("mailbox_add")
    state, verifier = secrets.token_urlsafe(32), oauth.new_verifier()
    way = _Way(provider=provider, verifier=verifier, address=address, began=time.time())
    begun: dict[str, Any] = request.session.get(_SESSION, {})
    newest = list(begun.items())[-_BEGUN + 1 :]
    request.session[_SESSION] = {**dict(newest), state: way}
    url = oauth.authorise_url(chosen, verifier, state, _callback(request, provider), address)
    return redirect(url)


@require_safe
@never_cache
@signed_in
@sensitive_variables()
def callback(request: SignedIn, provider: str) -> HttpResponse:
    """Back from the provider, with a code or a refusal."""
    chosen = _provider(provider)
    way = _take(request, request.GET.get("state", ""))
    if way is None or way["provider"] != provider:
        messages.error(request, _("This sign-in has run out or was begun elsewhere. Try again."))
        return redirect("mailbox_add")
    code = request.GET.get("code", "")
    if not code:
        messages.error(request, _("You did not let us in, so nothing has changed."))
        return _back(way)
    try:
        tokens = oauth.exchange(chosen, code, way["verifier"], _callback(request, provider))
        account = _account(request, chosen, way["address"])
        _try(account, tokens)
        return _keep(request, account, chosen, tokens)
    except WireError as error:
        problem = problems.explain_new(error.code)
        messages.error(request, f"{problem.sentence} {problem.advice}")
        return _back(way)


def _provider(slug: str) -> oauth.Provider:
    found = oauth.providers().get(slug)
    if found is None:
        raise Http404
    return found


def _callback(request: SignedIn, provider: str) -> str:
    return request.build_absolute_uri(reverse("oauth_callback", args=[provider]))


def _take(request: SignedIn, state: str) -> _Way | None:
    """Each way is gone once. Of another person's session nothing is found here."""
    begun: dict[str, _Way] = request.session.get(_SESSION, {})
    way = begun.pop(state, None)
    request.session[_SESSION] = begun
    return way if way and time.time() - way["began"] < _PATIENCE else None


def _back(way: _Way) -> HttpResponse:
    return redirect(f"{reverse('mailbox_server')}?{urlencode({'address': way['address']})}")


def _account(request: SignedIn, provider: oauth.Provider, address: str) -> Account:
    """The one that is connected already, with its cursors and history, else a new one."""
    known = own(request, Account).filter(host=provider.host, username=address).first()
    return known or Account(
        owner=request.user,
        address=address,
        own_addresses=[address],
        host=provider.host,
        port=provider.port,
        security=provider.security,
        username=address,
    )


@sensitive_variables()
def _try(account: Account, tokens: oauth.Tokens) -> None:
    """Log in and out again. Raises WireError, also where they signed in as somebody else."""
    credentials = Credentials(account.username, tokens.access, "xoauth2")
    Connection.open(server_of(account), credentials).close()


def _keep(
    request: SignedIn, account: Account, provider: oauth.Provider, tokens: oauth.Tokens
) -> HttpResponse:
    """Raises WireError where the labels of a new account cannot be read; it is not kept then."""
    new = account.pk is None
    with transaction.atomic():
        if new:
            account.save()
        oauth.keep(account, provider, tokens)
        account.works_again()
    if new:
        try:
            folders.learn(account, "web")
        except WireError:
            account.delete()
            raise
        return redirect("mailbox_labels", account.pk)
    transaction.on_commit(lambda: tasks.wake(account.pk))
    messages.success(request, _("You are signed in. Sync goes on where it was."))
    return redirect("mailboxes")
