"""The forms of a contact and of an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.addresses import normalise
from contacts.models import Address, Contact, Organization


class DetailsForm(forms.Form):
    """A name and an organisation, which is made where there is none of that name."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    organization = forms.CharField(
        label=gettext_lazy("Organization"), max_length=255, required=False
    )

    def __init__(self, contact: Contact, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact
        for name in ("name", "organization"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @transaction.atomic
    def save(self) -> Contact:
        contact, organization = self.contact, self.cleaned_data["organization"].strip()
        contact.name = self.cleaned_data["name"]
        contact.organization = (
            Organization.objects.get_or_create(name=organization)[0] if organization else None
        )
        contact.save()
        return contact


class ContactForm(DetailsForm):
    """The same with the addresses, one a line, the main one first."""

    addresses = forms.CharField(
        label=gettext_lazy("Email addresses, one a line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_addresses(self) -> list[str]:
        """The addresses as typed; each has to be one, and nobody else's."""
        typed = [line.strip(" ,;") for line in self.cleaned_data["addresses"].splitlines()]
        typed = [line for line in typed if line]
        others = Address.objects.exclude(contact=self.contact.pk).select_related("contact")
        wanted = [normalise(line) for line in typed]
        taken = {row.normalized: row.contact for row in others.filter(normalized__in=wanted)}
        for line, normalized in zip(typed, wanted, strict=True):
            said = {"address": line, "contact": taken.get(normalized)}
            if not normalized:
                self.add_error("addresses", _("“%(address)s” is not an email address.") % said)
            elif normalized in taken:
                self.add_error(
                    "addresses", _("“%(address)s” already belongs to %(contact)s.") % said
                )
        return typed

    @transaction.atomic
    def save(self) -> Contact:
        """Write the contact; mail that is here is linked at once.

        Raises AddressTaken where somebody gave an address to another contact meanwhile.
        """
        contact = super().save()
        contact.add_addresses(self.cleaned_data["addresses"])
        return contact


class OrganizationForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Organization.objects.filter(name=name).exclude(pk=self.organization.pk).exists():
            raise forms.ValidationError(_("There is an organization of this name already."))
        return name

    def save(self) -> None:
        self.organization.name = self.cleaned_data["name"]
        self.organization.save()


def details_of(contact: Contact) -> DetailsForm:
    """The form as it is shown first."""
    organization = contact.organization.name if contact.organization else ""
    return DetailsForm(contact, initial={"name": contact.name, "organization": organization})
