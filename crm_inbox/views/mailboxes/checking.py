"""Is everything here? The certificate's page, its check, and its repair."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.asking import ask
from crm_inbox.views.mailboxes.certificate import Certificate
from crm_inbox.views.page import render_page
from sync import picking, tasks
from sync.models import Account, Inquiry


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def completeness(request: SignedIn, pk: int) -> HttpResponse:
    """The certificate; a POST checks it against the server."""
    account = find_own(own(request, Account), pk)
    if request.method == "POST":
        ask(account, Inquiry.Kind.CHECK, {})
        return redirect("completeness", account.pk)
    context = {"account": account, "certificate": Certificate(account)}
    title = _("Is everything here?")
    return render_page(
        request, "mailboxes/completeness.html", context, section="mailboxes", title=title
    )


@require_POST
@signed_in
def repair(request: SignedIn, pk: int) -> HttpResponse:
    """Fetch what the last check found missing; what could not be read is tried again."""
    account = find_own(own(request, Account), pk)
    count = picking.repair(account, Certificate(account).answer)
    if count:
        text = ngettext(
            "%(count)s message is being fetched. Check again in a moment.",
            "%(count)s messages are being fetched. Check again in a moment.",
            count,
        )
        messages.success(request, text % {"count": count})
        transaction.on_commit(lambda: tasks.wake(account.pk))
    else:
        messages.success(request, _("Nothing is missing."))
    return redirect("completeness", account.pk)
