"""The people of a conversation, and making contacts of them without leaving it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from contacts.models import Address, AddressTaken, Contact, InvalidAddress
from crm_inbox.ids import number
from crm_inbox.views.access import SignedIn, find_own, own, readable, signed_in
from crm_inbox.views.contacts.forms import ContactForm
from crm_inbox.views.page import render_fragment
from sync.models import Message, Participant, Thread

_SUGGESTED = 6
# Conversations with a contact that its card names, and those looked at to find them.
_LAST = 3
_LOOKED_AT = 200


@dataclass(frozen=True)
class Person:
    """Somebody who takes part in a conversation, and the contact that this is, if any."""

    address: str
    name: str
    contact: Contact | None
    threads: list[Thread] = field(default_factory=list)


def people_of(request: SignedIn, thread: Thread, rows: Iterable[Message]) -> list[Person]:
    """Everybody but the account's owner, each once, the latest first; a contact once, too."""
    names: dict[str, str] = {}
    for message in reversed(list(rows)):
        for person in message.participants.all():
            if person.address and person.address not in thread.account.own_addresses:
                names[person.address] = names.get(person.address) or person.name
    known = (
        Address.objects.filter(normalized__in=names)
        .select_related("contact__organization")
        .prefetch_related("contact__addresses")
    )
    contacts = {row.normalized: row.contact for row in known}
    last = _last_threads(request, thread, contacts.values())
    people, told = [], set()
    for address, name in names.items():
        contact = contacts.get(address)
        if contact is None or contact.pk not in told:
            threads = last.get(contact.pk, []) if contact else []
            people.append(Person(address, name, contact, threads))
            told.add(contact.pk if contact else None)
    return people


def _last_threads(
    request: SignedIn, thread: Thread, contacts: Iterable[Contact]
) -> dict[int, list[Thread]]:
    """The newest other conversations with each contact, in two queries whatever their number."""
    owner_of = {row.normalized: one.pk for one in contacts for row in one.addresses.all()}
    found = (
        Participant.objects.filter(
            address__in=owner_of,
            message__account__owner=request.user,
            message__tombstone_since=None,
        )
        .exclude(message__thread=thread)
        .order_by("-message__arrived_at")
        .values_list("address", "message__thread")[:_LOOKED_AT]
    )
    wanted: dict[int, list[int]] = {}
    for address, other in found:
        theirs = wanted.setdefault(owner_of[address], [])
        if other not in theirs and len(theirs) < _LAST:
            theirs.append(other)
    threads = own(request, Thread).exclude(state=Thread.State.EMPTY)
    rows = threads.in_bulk({pk for theirs in wanted.values() for pk in theirs})
    return {
        contact: [rows[pk] for pk in theirs if pk in rows] for contact, theirs in wanted.items()
    }


@require_safe
@signed_in
def people(request: SignedIn, pk: int) -> HttpResponse:
    """The column beside the conversation, after somebody has become a contact."""
    return _column(request, _find(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def add_person(request: SignedIn, pk: int) -> HttpResponse:
    """A dialog that makes a contact of somebody, or gives the address to one that is there."""
    thread = _find(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    address, name = asked.get("address", "")[:320], asked.get("name", "")[:255]
    form = ContactForm(
        Contact(),
        request.POST if request.method == "POST" else None,
        initial={"name": name, "addresses": address},
    )
    if request.method == "POST" and form.is_valid():
        try:
            contact = form.save()
        except AddressTaken as error:
            said = _("An address belongs to %(contact)s by now.") % {"contact": error.owner}
            form.add_error("addresses", said)
        else:
            return _column(request, thread, _("%(contact)s is a contact now."), contact)
    words = asked.get("words", name).replace("\0", "").strip()[:200]
    context = {
        "thread": thread,
        "form": form,
        "address": address,
        "name": name,
        "words": words,
        "existing": "existing" in asked,
        "suggested": _suggested(words),
    }
    part = "#suggestions" if "words" in request.GET else ""
    response = render_fragment(request, f"conversation/add_person.html{part}", context)
    if request.method == "POST":
        # What is wrong is said in the dialog, not in the column that a success would fill.
        return reswap(retarget(response, "#sheet-content"), "innerHTML")
    return response


@require_POST
@signed_in
def give_address(request: SignedIn, pk: int) -> HttpResponse:
    """One more address for a contact, from the same dialog."""
    thread = _find(request, pk)
    address = request.POST.get("address", "")[:320]
    found = Contact.objects.filter(pk=number(request.POST.get("contact", "")) or 0).first()
    if found is None:
        return _column(request, thread, _("This contact is no longer there."))
    try:
        found.add_address(address)
    except (InvalidAddress, AddressTaken):
        return _column(request, thread, _("The address could not be added to %(contact)s."), found)
    return _column(request, thread, _("The address belongs to %(contact)s now."), found)


def _find(request: SignedIn, pk: int) -> Thread:
    return find_own(readable(request, Thread).select_related("account"), pk)


def _suggested(words: str) -> list[Contact]:
    if not words:
        return []
    found = Contact.objects.search(words).select_related("organization")
    return list(found.order_by("name", "pk")[:_SUGGESTED])


def _column(
    request: SignedIn, thread: Thread, said: str = "", contact: Contact | None = None
) -> HttpResponse:
    """The people as they are now; the page closes its dialog when they come."""
    thread.refresh_from_db()
    rows = thread.messages.filter(tombstone_since=None).prefetch_related("participants")
    context = {
        "thread": thread,
        "people": people_of(request, thread, rows.order_by("arrived_at", "pk")),
        "said": said % {"contact": contact} if contact else said,
    }
    return render_fragment(request, "conversation/people.html", context)
