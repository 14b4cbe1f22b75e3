"""All contacts as a CSV file or as vCards, row by row; what importing understands."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from contacts.cards import write_card
from contacts.models import Contact, ContactQuerySet
from contacts.tables import harmless

_CHUNK = 1_000


def csv_file(contacts: ContactQuerySet) -> Iterator[str]:
    """The lines of a CSV file, the main address of each contact first."""
    writer = csv.writer(_Echo())
    # The mark tells spreadsheets that it is UTF-8.
    yield "\ufeff"
    yield writer.writerow(["Name", "Organization", "Email"])
    for contact in _rows(contacts):
        emails = " ".join(address.email for address in contact.addresses.all())
        row = (contact.name, _organization(contact), emails)
        yield writer.writerow([harmless(cell) for cell in row])


def vcard_file(contacts: ContactQuerySet) -> Iterator[str]:
    """A card for each contact."""
    for contact in _rows(contacts):
        emails = [address.email for address in contact.addresses.all()]
        yield write_card(contact.name, _organization(contact), emails)


def _rows(contacts: ContactQuerySet) -> Iterator[Contact]:
    rows = contacts.select_related("organization").prefetch_related("addresses")
    return rows.order_by("sort_key", "pk").iterator(chunk_size=_CHUNK)


def _organization(contact: Contact) -> str:
    return contact.organization.name if contact.organization else ""


class _Echo:
    """Gives csv.writer's caller each row as it is written."""

    def write(self, text: str) -> str:
        return text
