"""Making one contact of two, after a look at what that will be."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.models import Contact
from crm_inbox.ids import number
from crm_inbox.views.access import SignedIn, signed_in
from crm_inbox.views.contacts.people import contact_url
from crm_inbox.views.page import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge(request: SignedIn, pk: int) -> HttpResponse:
    """The preview of a merge with the contact that `with` names, then the merge itself."""
    contact, other = _both(request, pk)
    if request.method == "POST":
        said = {"contact": contact.name, "other": other.name}
        other.merge_into(
            contact,
            name=_chosen(request, "name", contact, other).name,
            organization=_chosen(request, "organization", contact, other).organization,
        )
        messages.success(request, _("%(contact)s and %(other)s are one contact now.") % said)
        return redirect(contact_url(contact))
    both = [contact, other]
    distinct = both[:1] if contact.organization_id == other.organization_id else both
    context = {
        "contact": contact,
        "other": other,
        "both": both,
        "organizations": [one for one in distinct if one.organization],
        "addresses": [row for one in both for row in one.addresses.all()],
    }
    return render_page(
        request, "contacts/merge_preview.html", context, section="contacts", title=_("Merge")
    )


def _both(request: SignedIn, pk: int) -> tuple[Contact, Contact]:
    """The contact that stays and the one that goes; 404 where they are not two."""
    other = number((request.POST if request.method == "POST" else request.GET).get("with", ""))
    if other is None or other == pk:
        raise Http404
    rows = Contact.objects.select_related("organization").prefetch_related("addresses")
    return get_object_or_404(rows, pk=pk), get_object_or_404(rows, pk=other)


def _chosen(request: SignedIn, field: str, contact: Contact, other: Contact) -> Contact:
    """Whose name, or organisation, the person wants to keep; by default the one that stays."""
    return other if request.POST.get(field, "") == str(other.pk) else contact
