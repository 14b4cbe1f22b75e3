"""Contacts from and to CSV, as spreadsheets and other products write it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from contacts.addresses import normalise
from contacts.models import Address, Contact, ContactQuerySet, Organization
from contacts.signals import announce

MOST_ROWS = 20_000
# What spreadsheets save, the surest first.
_ENCODINGS = ("utf-8-sig", "cp1250")
_DELIMITERS = ",;\t|"


class Column(StrEnum):
    """What a column of the table can be."""

    IGNORED = ""
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ORGANIZATION = "organization"
    ADDRESS = "address"


class Outcome(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    BROKEN = "broken"


class UnreadableTable(ValueError):
    """The file is no table; `too_long` where it has more than MOST_ROWS."""

    def __init__(self, *, too_long: bool = False) -> None:
        super().__init__("too long" if too_long else "no table")
        self.too_long = too_long


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: list[list[str]]


@dataclass
class Line:
    """A row of the table; `number` is as a spreadsheet counts, the header being row 1."""

    number: int
    name: str
    organization: str
    addresses: list[str]
    outcome: Outcome = Outcome.NEW
    culprit: str = ""
    owner: str = ""


# Parts of the headers that other products write, in English and Polish, the surest first. A
# column named "Address" alone is where somebody lives; "E-mail 1 - Label" says "Work".
_HEADERS = (
    (Column.IGNORED, ("label", "type", "etykieta")),
    (Column.ADDRESS, ("mail",)),
    (Column.FIRST_NAME, ("first", "given", "imię", "imie")),
    (Column.LAST_NAME, ("last", "family", "surname", "nazwisko")),
    (Column.ORGANIZATION, ("organi", "company", "firma")),
    (Column.NAME, ("name", "nazwa", "kontakt", "contact")),
)


def read_table(data: bytes) -> Table:
    """Read a CSV file whatever its encoding and delimiter. Raises UnreadableTable."""
    text = _decoded(data)
    if "\0" in text:
        raise UnreadableTable
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise UnreadableTable from error
    if len(rows) < 2 or not any(rows[0]):
        raise UnreadableTable
    if len(rows) > MOST_ROWS + 1:
        raise UnreadableTable(too_long=True)
    return Table(rows[0], rows[1:])


def guess_columns(header: Sequence[str]) -> list[Column]:
    """What each column seems to be, by its name."""
    return [_guess(name.casefold()) for name in header]


def plan(table: Table, columns: Sequence[Column]) -> list[Line]:
    """What an import would do with each row that is not empty; nothing is written."""
    lines = [_line(number, row, columns) for number, row in enumerate(table.rows, 2) if any(row)]
    wanted = {normalise(address) for line in lines for address in line.addresses}
    rows = Address.objects.filter(normalized__in=wanted).select_related("contact")
    owners = {row.normalized: row.contact.name for row in rows}
    for line in lines:
        _judge(line, owners)
    return lines


@transaction.atomic
def write(lines: Iterable[Line]) -> int:
    """Make contacts of the new lines, all or none, and link the mail; how many."""
    new = [line for line in lines if line.outcome == Outcome.NEW]
    names = {line.organization for line in new if line.organization}
    Organization.objects.bulk_create(
        (Organization(name=name) for name in names), ignore_conflicts=True
    )
    known = {row.name: row for row in Organization.objects.filter(name__in=names)}
    contacts = Contact.objects.bulk_create(
        Contact(name=line.name, organization=known.get(line.organization)) for line in new
    )
    addresses = [
        Address(contact=contact, email=email, normalized=normalise(email))
        for contact, line in zip(contacts, new, strict=True)
        for email in line.addresses
    ]
    Address.objects.bulk_create(addresses)
    announce(Contact, {address.normalized for address in addresses})
    return len(contacts)


def export(contacts: ContactQuerySet) -> Iterator[list[str]]:
    """The rows of a table that read_table and guess_columns understand, its header first."""
    yield ["Name", "Organization", "Email"]
    rows = contacts.select_related("organization").prefetch_related("addresses")
    for contact in rows.order_by("name", "pk").iterator(chunk_size=1000):
        organization = contact.organization.name if contact.organization else ""
        emails = " ".join(address.email for address in contact.addresses.all())
        yield [_harmless(contact.name), _harmless(organization), _harmless(emails)]


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Takes any bytes.
    return data.decode("latin-1")


def _guess(name: str) -> Column:
    for column, parts in _HEADERS:
        if any(part in name for part in parts):
            return column
    return Column.IGNORED


def _line(number: int, row: Sequence[str], columns: Sequence[Column]) -> Line:
    cells: dict[Column, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        if cell:
            cells.setdefault(column, []).append(cell[:255] if column != Column.ADDRESS else cell)
    addresses = [
        address
        for cell in cells.get(Column.ADDRESS, [])
        for address in cell.replace(",", " ").replace(";", " ").split()
    ]
    parts = [*cells.get(Column.FIRST_NAME, []), *cells.get(Column.LAST_NAME, [])]
    name = " ".join(cells.get(Column.NAME, parts) or parts) or next(iter(addresses), "")
    organization = next(iter(cells.get(Column.ORGANIZATION, [])), "")
    return Line(number, name[:255], organization, addresses)


def _judge(line: Line, owners: dict[str, str]) -> None:
    """Say what becomes of the line; its addresses are taken from then on."""
    unique: dict[str, str] = {}
    for address in line.addresses:
        normalized = normalise(address)
        if not normalized or len(address) > 320:
            line.outcome, line.culprit = Outcome.BROKEN, address
            return
        if normalized in owners:
            line.outcome, line.culprit = Outcome.KNOWN, address
            line.owner = owners[normalized]
            return
        unique.setdefault(normalized, address)
    if not line.name:
        line.outcome = Outcome.BROKEN
        return
    line.addresses = list(unique.values())
    owners.update(dict.fromkeys(unique, line.name))


def _harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
