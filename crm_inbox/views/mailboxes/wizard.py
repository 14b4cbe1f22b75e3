"""Connecting a mailbox: address, server and password, labels; then the first sync begins."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm_inbox.redirects import wants_words
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.forms import AddressForm, PasswordForm, ServerForm
from crm_inbox.views.page import render_fragment, render_page
from sync import discovery, folders, problems, tasks
from sync.connecting import connect_by_password
from sync.models import Account, Grant
from sync.wire import WireError

_GET_POST = require_http_methods(["GET", "HEAD", "POST"])
# What people must do at the provider before a program may read their mail, by discovery's codes.
_HINTS = {
    "app_password": gettext_lazy(
        "%(provider)s wants an app password here: make one in your account's security settings."
    ),
    "turn_on_imap": gettext_lazy(
        "At %(provider)s IMAP must first be turned on in the mailbox's settings."
    ),
    "oauth_only": gettext_lazy(
        "%(provider)s may refuse passwords altogether; ask your administrator whether IMAP is"
        " allowed for your mailbox."
    ),
}


@_GET_POST
@signed_in
def add(request: SignedIn) -> HttpResponse:
    """The address, from which the server is found."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        query = urlencode({"address": form.cleaned_data["address"]})
        return redirect(f"{reverse('mailbox_server')}?{query}")
    return _page(request, "mailboxes/add.html", {"form": form})


@_GET_POST
@sensitive_post_parameters("password")
@signed_in
def server(request: SignedIn) -> HttpResponse:
    """The server and the password, tested before anything is kept."""
    address = request.POST.get("address") or request.GET.get("address", "")
    if not AddressForm({"address": address}).is_valid():
        return redirect("mailbox_add")
    found = discovery.find(address, allowed=settings.ALLOW_PRIVATE_HOSTS)
    form = ServerForm(request.POST or None, initial={"address": address, **vars(found)})
    context: dict[str, object] = {"form": form, "found": found, "hint": _hint(found)}
    context["stays"] = wants_words(request)
    if request.method == "POST" and form.is_valid():
        account = form.account(request.user)
        context["problem"] = _try(account)
        if context["problem"] is None and "test" in request.POST:
            context["works"] = True
        elif context["problem"] is None and (kept := _keep(account)):
            context["problem"] = _learn(kept)
            if context["problem"] is None:
                return redirect("mailbox_labels", kept.pk)
        elif context["problem"] is None:
            form.add_error(None, _("You have connected this mailbox already."))
    if request.htmx:
        # The test alone: what was typed stays in its fields.
        return render_fragment(request, "mailboxes/tested.html", context)
    return _page(request, "mailboxes/server.html", context)


@_GET_POST
@sensitive_post_parameters("password")
@signed_in
def password(request: SignedIn, pk: int) -> HttpResponse:
    """A new password for an account that is here; its mail and its cursors stay."""
    account = find_own(own(request, Account), pk)
    form = PasswordForm.of(account, request.POST or None)
    # Only of the well-known providers: nobody waits for other servers here.
    found = discovery.find(account.address, lambda name, kind: (), lambda domain: None)
    context: dict[str, object] = {"form": form, "account": account, "hint": _hint(found)}
    context["stays"] = wants_words(request)
    if request.method == "POST" and form.is_valid():
        form.change(account)
        context["problem"] = _try(account)
        if context["problem"] is None and _accept(account):
            messages.success(request, _("The password works. Sync goes on where it was."))
            return redirect("mailboxes")
        if context["problem"] is None:
            form.add_error(None, _("You have connected this mailbox already."))
    return _page(request, "mailboxes/password.html", context)


def _page(request: SignedIn, template: str, context: dict[str, object]) -> HttpResponse:
    return render_page(
        request, template, context, section="mailboxes", title=_("Connect a mailbox")
    )


def _hint(found: discovery.Found) -> str:
    return str(_HINTS[found.hint]) % {"provider": found.provider} if found.hint else ""


def _try(account: Account) -> problems.Problem | None:
    """Log in and out again; what is wrong, in a person's words."""
    try:
        connect_by_password(account).close()
    except WireError as error:
        return problems.explain_new(error.code)
    return None


def _learn(account: Account) -> problems.Problem | None:
    """Its labels; without them there is nothing to choose from, and it is not kept."""
    try:
        folders.learn(account, "web")
    except WireError as error:
        account.delete()
        return problems.explain_new(error.code)
    return None


def _keep(account: Account) -> Account | None:
    """The account saved; None where the owner has connected it before."""
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        return None
    return account


def _accept(account: Account) -> bool:
    """Kept with all of its mail and cursors; what was paused stays paused. False: it is double."""
    try:
        with transaction.atomic():
            account.save(update_fields=["host", "port", "security", "username"])
            # From now on it is the password that counts.
            Grant.objects.filter(account=account).delete()
            account.works_again()
    except IntegrityError:
        return False
    transaction.on_commit(lambda: tasks.wake(account.pk))
    return True
