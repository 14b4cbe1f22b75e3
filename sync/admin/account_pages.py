"""Two pages about one account: a new password, and removing it with all that is here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from sync import problems, removing, tasks
from sync.connecting import connect_by_password
from sync.models import Account
from sync.wire import WireError

if TYPE_CHECKING:
    from sync.admin.accounts import AccountAdmin


class NewPassword(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It is tried at the mail server, and never shown."),
    )

    @sensitive_variables()
    def try_at(self, account: Account) -> bool:
        """Whether the server takes it; the reason why not is an error of the form."""
        account.set_secret(self.cleaned_data["password"])
        try:
            connect_by_password(account).close()
        except WireError as error:
            self.add_error("password", str(problems.explain(error.code).sentence))
            return False
        return True


def password(admin: AccountAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Its mail and its cursors stay as they are."""
    account = _account(request, pk)
    form = NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.try_at(account):
        account.works_again()
        transaction.on_commit(partial(tasks.wake, account.pk))
        admin.log_change(request, account, "New password.")
        messages.success(request, _("The password works. Sync goes on where it was."))
        return redirect("admin:sync_account_change", pk)
    context = {"form": form, "title": _("Set a new password")}
    return _page(admin, request, account, "password", context)


def remove(admin: AccountAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, with what goes; workers remove it, slice by slice."""
    account = _account(request, pk)
    if request.method == "POST":
        admin.log_change(request, account, "Removed with all that is here.")
        removing.begin(account)
        transaction.on_commit(partial(tasks.remove.delay, account.pk))
        messages.success(request, _("The account is being removed."))
        return redirect("admin:sync_account_changelist")
    context: dict[str, object] = {
        "going": removing.going(account),
        "title": _("Remove the account"),
    }
    return _page(admin, request, account, "remove", context)


def _account(request: HttpRequest, pk: int) -> Account:
    if not request.user.has_perm("sync.change_account"):
        raise PermissionDenied
    account = Account.objects.filter(pk=pk).exclude(state=Account.State.REMOVING).first()
    if account is None:
        raise Http404
    return account


def _page(
    admin: AccountAdmin,
    request: HttpRequest,
    account: Account,
    name: str,
    context: dict[str, object],
) -> HttpResponse:
    context |= {"account": account, "opts": Account._meta}
    context |= admin.admin_site.each_context(request)
    return TemplateResponse(request, f"admin/sync/account/{name}.html", context)
