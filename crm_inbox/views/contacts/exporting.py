"""All contacts as a file: CSV for spreadsheets, vCard for phones and mail programs."""

from __future__ import annotations

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.exporting import csv_file, vcard_file
from contacts.models import Contact
from crm_inbox.views.access import SignedIn, signed_in


@require_safe
@signed_in
def export(request: SignedIn) -> HttpResponseBase:
    """Written while it is sent, so that any number of contacts needs no more memory."""
    everybody = Contact.objects.all()
    if request.GET.get("as") == "vcard":
        lines, kind, ending = vcard_file(everybody), "text/vcard", "vcf"
    else:
        lines, kind, ending = csv_file(everybody), "text/csv", "csv"
    response = StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="contacts-{day}.{ending}"'
    return response
