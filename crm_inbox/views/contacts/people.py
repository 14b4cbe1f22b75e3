"""Contacts: the list, one of them with its conversations, adding, changing, merging, deleting."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.models import AddressTaken, Contact, InvalidAddress
from crm_inbox.views.access import SignedIn, own, signed_in, way_back
from crm_inbox.views.contacts.forms import ContactForm, form_of
from crm_inbox.views.page import render_page
from sync.models import Message, Thread

PAGE_SIZE = 50
# Pages that can be reached by leafing; beyond them people search.
LAST_PAGE = 10_000
SUGGESTED = 8
CONVERSATIONS = 20


@require_safe
@signed_in
def people(request: SignedIn) -> HttpResponse:
    """Contacts by name, those that a search finds."""
    words = _words(request)
    number = request.GET.get("page", "1")
    page = min(int(number), LAST_PAGE) if number.isascii() and number.isdigit() else 1
    start = (max(page, 1) - 1) * PAGE_SIZE
    found = list(_shown(words)[start : start + PAGE_SIZE + 1])
    context = {
        "words": words,
        "contacts": found[:PAGE_SIZE],
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if len(found) > PAGE_SIZE else None,
    }
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
        initial={"name": request.GET.get("name", "")[:255], "addresses": address},
    )
    if request.method == "POST" and form.is_valid() and (contact := _saved(form)):
        messages.success(request, _("%(contact)s is a contact now.") % {"contact": contact})
        return redirect(back or _url(contact))
    words = _words(request)
    context = {
        "form": form,
        "address": address,
        "back": back,
        "words": words,
        "suggested": list(_shown(words)[:SUGGESTED]) if address and words else [],
    }
    return render_page(
        request, "contacts/add.html", context, section="contacts", title=_("Add contact")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def person(request: SignedIn, pk: int) -> HttpResponse:
    """A contact with the person's own conversations with it."""
    contact = get_object_or_404(Contact.objects.select_related("organization"), pk=pk)
    form = ContactForm(contact, request.POST) if request.method == "POST" else form_of(contact)
    if request.method == "POST" and form.is_valid() and _saved(form):
        messages.success(request, _("Saved."))
        return redirect(_url(contact))
    words = _words(request)
    context = {
        "contact": contact,
        "form": form,
        "threads": list(_conversations(request, contact)),
        "words": words,
        "others": list(_shown(words).exclude(pk=pk)[:SUGGESTED]) if words else [],
    }
    return render_page(
        request, "contacts/person.html", context, section="contacts", title=str(contact)
    )


@require_POST
@signed_in
def give_address(request: SignedIn, pk: int) -> HttpResponse:
    """One more address for a contact."""
    contact = get_object_or_404(Contact, pk=pk)
    said = {"address": request.POST.get("address", "")[:320], "contact": contact}
    try:
        contact.add_address(str(said["address"]))
    except InvalidAddress:
        messages.error(request, _("“%(address)s” is not an email address.") % said)
    except AddressTaken as error:
        said["contact"] = error.owner
        messages.error(request, _("“%(address)s” already belongs to %(contact)s.") % said)
    else:
        messages.success(request, _("“%(address)s” belongs to %(contact)s now.") % said)
    back = request.POST.get("next", "")
    return redirect(way_back(request, back) if back else _url(contact))


@require_POST
@signed_in
def merge(request: SignedIn, pk: int) -> HttpResponse:
    """Make one contact of two: the one that `into` names keeps its name."""
    contact = get_object_or_404(Contact, pk=pk)
    into = request.POST.get("into", "")
    if not (into.isascii() and into.isdigit()) or int(into) in (pk, 0):
        raise Http404
    other = get_object_or_404(Contact, pk=into)
    said = {"contact": contact, "other": other}
    contact.merge_into(other)
    messages.success(request, _("%(contact)s and %(other)s are one contact now.") % said)
    return redirect(_url(other))


@require_POST
@signed_in
def delete(request: SignedIn, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact, pk=pk)
    contact.delete()
    messages.success(
        request, _("%(contact)s is no longer a contact. The mail stays.") % {"contact": contact}
    )
    return redirect("contacts")


def _words(request: SignedIn) -> str:
    return request.GET.get("words", "").replace("\0", "").strip()[:200]


def _shown(words: str) -> QuerySet[Contact]:
    found = Contact.objects.search(words).select_related("organization")
    return found.prefetch_related("addresses").order_by("name", "pk")


def _saved(form: ContactForm) -> Contact | None:
    try:
        return form.save()
    except AddressTaken as error:
        form.add_error(
            "addresses", _("An address belongs to %(contact)s by now.") % {"contact": error.owner}
        )
        return None


def _url(contact: Contact) -> str:
    return reverse("contact", args=[contact.pk])


def _conversations(request: SignedIn, contact: Contact) -> QuerySet[Thread]:
    addresses = [row.normalized for row in contact.addresses.all()]
    found = Message.objects.filter(
        account__owner=request.user, tombstone_since=None, participants__address__in=addresses
    )
    threads = own(request, Thread).filter(pk__in=found.values("thread"))
    return threads.order_by("-last_message_at", "-pk")[:CONVERSATIONS]
