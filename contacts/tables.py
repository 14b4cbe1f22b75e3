"""Contacts as rows of a CSV file, the way spreadsheets and other products write it. No database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contacts.lines import MOST_LINES, Line, Unreadable, decoded

_DELIMITERS = ",;\t|"


class Column(StrEnum):
    """What a column of the table can be."""

    IGNORED = ""
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ORGANIZATION = "organization"
    ADDRESS = "address"


@dataclass(frozen=True)
class Table:
    header: list[str]
    rows: list[list[str]]


# Parts of the headers that other products write, in English and Polish, the surest first. A
# column named "Address" alone is where somebody lives; "E-mail 1 - Label" says "Work".
_HEADERS = (
    (Column.IGNORED, ("label", "type", "etykieta")),
    (Column.ADDRESS, ("mail",)),
    (Column.NAME, ("full name", "imię i nazw", "imie i nazw")),
    (Column.FIRST_NAME, ("first", "given", "imię", "imie")),
    (Column.LAST_NAME, ("last", "family", "surname", "nazwisko")),
    (Column.ORGANIZATION, ("organi", "company", "firma")),
    (Column.NAME, ("name", "nazwa", "kontakt", "contact")),
)


def read_table(data: bytes) -> Table:
    """Read a CSV file whatever its encoding and delimiter. Raises Unreadable."""
    text = decoded(data)
    if "\0" in text:
        raise Unreadable
    delimiter = _delimiter(text)
    try:
        rows = [
            [cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise Unreadable from error
    if len(rows) < 2 or not any(rows[0]):
        raise Unreadable
    if len(rows) > MOST_LINES + 1:
        raise Unreadable(too_long=True)
    return Table(rows[0], rows[1:])


def guess_columns(header: Sequence[str]) -> list[Column]:
    """What each column seems to be, by its name."""
    return [_guess(name.casefold()) for name in header]


def table_lines(table: Table, columns: Sequence[Column]) -> Iterator[Line]:
    """A line for each row that is not empty."""
    for number, row in enumerate(table.rows, 2):
        if any(row):
            yield _line(number, row, columns)


def _delimiter(text: str) -> str:
    """What the heading is cut by; a mark inside quotes cuts nothing."""
    first = text.partition("\n")[0]
    bare = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _guess(name: str) -> Column:
    for column, parts in _HEADERS:
        if any(part in name for part in parts):
            return column
    return Column.IGNORED


def _line(number: int, row: Sequence[str], columns: Sequence[Column]) -> Line:
    cells: dict[Column, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        if cell:
            cells.setdefault(column, []).append(_meant(cell))
    addresses = [
        address
        for cell in cells.get(Column.ADDRESS, [])
        for address in cell.replace(",", " ").replace(";", " ").split()
    ]
    parts = [*cells.get(Column.FIRST_NAME, []), *cells.get(Column.LAST_NAME, [])]
    name = " ".join(cells.get(Column.NAME, parts) or parts)
    organization = next(iter(cells.get(Column.ORGANIZATION, [])), "")
    return Line(number, name, organization, addresses)


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in _FORMULA else text


def _meant(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
