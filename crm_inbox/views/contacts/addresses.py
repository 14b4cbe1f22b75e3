"""The addresses of a contact: one more, one less, which is the main one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.models import AddressTaken, Contact, InvalidAddress
from crm_inbox.redirects import refused
from crm_inbox.views.access import SignedIn, signed_in, way_back
from crm_inbox.views.contacts.people import contact_url


@require_POST
@signed_in
def give(request: SignedIn, pk: int) -> HttpResponse:
    """One more address for a contact."""
    contact = get_object_or_404(Contact, pk=pk)
    wanted = request.POST.get("next", "")
    back = way_back(request, wanted) if wanted else contact_url(contact)
    said = {"address": _address(request), "contact": contact}
    try:
        contact.add_address(str(said["address"]))
    except InvalidAddress:
        return refused(request, _("“%(address)s” is not an email address.") % said, back)
    except AddressTaken as error:
        said["contact"] = error.owner
        return refused(request, _("“%(address)s” already belongs to %(contact)s.") % said, back)
    messages.success(request, _("“%(address)s” belongs to %(contact)s now.") % said)
    return redirect(back)


@require_POST
@signed_in
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take an address away; its mail stays, and is no longer mail of this contact."""
    contact = get_object_or_404(Contact, pk=pk)
    address = _address(request)
    contact.remove_address(address)
    said = {"address": address, "contact": contact}
    messages.success(request, _("“%(address)s” no longer belongs to %(contact)s.") % said)
    return redirect(contact_url(contact))


@require_POST
@signed_in
def choose_main(request: SignedIn, pk: int) -> HttpResponse:
    """The address that is shown first."""
    contact = get_object_or_404(Contact, pk=pk)
    contact.make_main(_address(request))
    return redirect(contact_url(contact))


def _address(request: SignedIn) -> str:
    return request.POST.get("address", "").replace("\0", "").strip()[:320]
