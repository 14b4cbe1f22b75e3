"""What people type to connect a mailbox."""

from __future__ import annotations

from typing import Self

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from contacts.addresses import normalise
from sync import runs
from sync.models import Account, Coverage


class AddressForm(forms.Form):
    address = forms.CharField(
        label=_("Your email address"),
        max_length=320,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        if not normalise(address):
            raise ValidationError(_("This is no email address. Write it like name@company.com."))
        return address


class _Where(forms.Form):
    """Which server, and who logs in there."""

    host = forms.CharField(label=_("IMAP server"), max_length=255)
    port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("This is a number from 1 to 65535.")
        ),
    )
    security = forms.ChoiceField(label=_("Security"), choices=Account.Security.choices)
    username = forms.CharField(label=_("User name"), max_length=320)


class ServerForm(AddressForm, _Where):
    # Never shown again, also after an error.
    password = forms.CharField(
        label=_("Password or app password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    @sensitive_variables("data")
    def account(self, owner: User) -> Account:
        """The account as typed, not saved; the form is valid."""
        data = self.cleaned_data
        address = normalise(data["address"]) or ""
        account = Account(
            owner=owner,
            address=address,
            own_addresses=[address],
            host=data["host"].strip(),
            port=data["port"],
            security=data["security"],
            username=data["username"].strip(),
        )
        account.set_secret(data["password"])
        return account


class PasswordForm(_Where):
    password = forms.CharField(
        label=_("New password or app password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    @classmethod
    def of(cls, account: Account, data: QueryDict | None) -> Self:
        """With the server as it is now."""
        now = {name: getattr(account, name) for name in _Where.base_fields}
        return cls({**now, **data.dict()} if data else None, initial=now)

    @sensitive_variables("data")
    def change(self, account: Account) -> None:
        """Take over what was typed, not saved; the form is valid."""
        data = self.cleaned_data
        account.host, account.port = data["host"].strip(), data["port"]
        account.security, account.username = data["security"], data["username"].strip()
        account.set_secret(data["password"])


class PastForm(forms.Form):
    months = forms.TypedChoiceField(
        coerce=int,
        choices=[(1, _("1 month")), (3, _("3 months")), (6, _("6 months")), (12, _("1 year"))],
    )
    scope = forms.ChoiceField(choices=Coverage.Scope.choices)
    restore = forms.BooleanField(required=False)

    def clean_months(self) -> int:
        months = int(self.cleaned_data["months"])
        if months not in runs.INTERVALS:
            raise ValidationError(_("Choose one of the intervals."))
        return months
