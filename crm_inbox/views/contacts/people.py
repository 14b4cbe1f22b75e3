"""Contacts: the list, one of them with its conversations, adding, changing, deleting."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import AddressTaken, Contact
from crm_inbox.paging import Page, Place, read_page
from crm_inbox.views.access import SignedIn, signed_in, way_back
from crm_inbox.views.contacts.forms import ContactForm, DetailsForm, details_of
from crm_inbox.views.contacts.leafing import read_leaf
from crm_inbox.views.page import render_page
from sync.finding import threads_with

SUGGESTED = 8


@require_safe
@signed_in
def people(request: SignedIn) -> HttpResponse:
    """Contacts by name, those that a search finds."""
    words = search_words(request)
    context = {"words": words, "leaf": read_leaf(shown(words), request.GET)}
    return render_page(
        request, "contacts/list.html", context, section="contacts", title=_("Contacts")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def add(request: SignedIn) -> HttpResponse:
    """A new contact, or one more address for one that is there; `next` is where it leads back."""
    address = request.GET.get("address", "")[:320]
    wanted = request.GET.get("next", "")
    back = way_back(request, wanted) if wanted else ""
    form = ContactForm(
        Contact(),
        request.POST or None,
        initial={
            "name": request.GET.get("name", "")[:255],
            "organization": request.GET.get("organization", "")[:255],
            "addresses": address,
        },
    )
    if request.method == "POST" and form.is_valid() and (contact := _saved(form)):
        messages.success(request, _("%(contact)s is a contact now.") % {"contact": contact})
        return redirect(back or contact_url(contact))
    words = search_words(request)
    context = {
        "form": form,
        "address": address,
        "back": back,
        "words": words,
        "suggested": list(shown(words)[:SUGGESTED]) if address and words else [],
    }
    return render_page(
        request, "contacts/add.html", context, section="contacts", title=_("Add contact")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def person(request: SignedIn, pk: int) -> HttpResponse:
    """A contact with the person's own conversations with it."""
    contact = get_object_or_404(Contact.objects.select_related("organization"), pk=pk)
    form = DetailsForm(contact, request.POST) if request.method == "POST" else details_of(contact)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(contact_url(contact))
    addresses = list(contact.addresses.all())
    words = search_words(request)
    context = {
        "contact": contact,
        "form": form,
        "addresses": addresses,
        "page": timeline(request, [row.normalized for row in addresses]),
        "words": words,
        "others": list(shown(words).exclude(pk=pk)[:SUGGESTED]) if words else [],
    }
    return render_page(
        request, "contacts/person.html", context, section="contacts", title=contact.name
    )


@require_POST
@signed_in
def delete(request: SignedIn, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    contact.delete()
    messages.success(
        request, _("%(contact)s is no longer a contact. The mail stays.") % {"contact": contact}
    )
    return redirect("contacts")


def search_words(request: SignedIn) -> str:
    return request.GET.get("words", "").replace("\0", "").strip()[:200]


def shown(words: str) -> QuerySet[Contact]:
    """Contacts with what a list shows of them."""
    found = Contact.objects.search(words).select_related("organization")
    return found.prefetch_related("addresses").order_by("sort_key", "pk")


def contact_url(contact: Contact) -> str:
    return reverse("contact", args=[contact.pk])


def timeline(request: SignedIn, addresses: list[str]) -> Page:
    """A page of the person's own conversations with these addresses, the newest first."""
    before, after = (Place.read(request.GET.get(name, "")) for name in ("older", "newer"))
    return read_page(threads_with(request.user, addresses), before, after)


def _saved(form: ContactForm) -> Contact | None:
    try:
        return form.save()
    except AddressTaken as error:
        form.add_error(
            "addresses", _("An address belongs to %(contact)s by now.") % {"contact": error.owner}
        )
        return None
