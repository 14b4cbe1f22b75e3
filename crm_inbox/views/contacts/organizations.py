"""Organisations: the list, and one of them with its people and their conversations."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import Address, Contact, Organization
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.contacts.forms import OrganizationForm
from crm_inbox.views.contacts.leafing import read_leaf
from crm_inbox.views.contacts.people import search_words, shown, timeline
from crm_inbox.views.page import render_page

# People of an organisation whose conversations its page shows.
MOST_ADDRESSES = 1_000


@require_safe
@signed_in
def organizations(request: SignedIn) -> HttpResponse:
    """Organisations by name, those that a search finds."""
    words = search_words(request)
    leaf = read_leaf(Organization.objects.search(words), request.GET)
    counts = (
        Contact.objects.filter(organization__in=leaf.rows)
        .order_by()
        .values_list("organization")
        .annotate(Count("pk"))
    )
    context = {
        "words": words,
        "leaf": leaf,
        "people": dict(counts),
    }
    return render_page(
        request,
        "contacts/organizations.html",
        context,
        section="contacts",
        title=_("Organizations"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def organization(request: SignedIn, pk: int) -> HttpResponse:
    """An organisation; its name can be changed here."""
    found = get_object_or_404(Organization, pk=pk)
    form = OrganizationForm(found, request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("organization", pk)
    addresses = Address.objects.filter(contact__organization=found).order_by("pk")
    context = {
        "organization": found,
        "form": form,
        "words": "",
        "leaf": read_leaf(shown("").filter(organization=found), request.GET),
        "page": timeline(
            request, list(addresses.values_list("normalized", flat=True)[:MOST_ADDRESSES])
        ),
    }
    return render_page(
        request, "contacts/organization.html", context, section="contacts", title=found.name
    )


@require_POST
@signed_in
def delete(request: SignedIn, pk: int) -> HttpResponse:
    """Its people stay, without an organisation."""
    found = get_object_or_404(Organization, pk=pk)
    found.delete()
    said = {"organization": found}
    messages.success(request, _("%(organization)s is deleted. Its people stay.") % said)
    return redirect("organizations")
