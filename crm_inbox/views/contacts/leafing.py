"""Pages of what is sorted by name, by keyset: the last of 100,000 costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Q, QuerySet
from django.http import QueryDict

from contacts.models import Contact, Organization
from crm_inbox.ids import number

PAGE_SIZE = 50
Row = TypeVar("Row", Contact, Organization)


@dataclass(frozen=True)
class Leaf(Generic[Row]):
    """A page; `previous` and `next` are places in the list, "" where there is no more."""

    rows: list[Row]
    previous: str
    next: str


def read_leaf(rows: QuerySet[Row], query: QueryDict) -> Leaf[Row]:
    """The first page, or the one after, or before, the row that the URL names."""
    if place := _place(query.get("before", "")):
        found = list(
            rows.filter(_beyond(place, "lt")).order_by("-sort_key", "-pk")[: PAGE_SIZE + 1]
        )
        if len(found) >= PAGE_SIZE:
            shown = found[:PAGE_SIZE][::-1]
            return Leaf(shown, _name(shown[0]) if len(found) > PAGE_SIZE else "", _name(shown[-1]))
        # The first page is always a full one.
    place = None if place else _place(query.get("after", ""))
    if place:
        rows = rows.filter(_beyond(place, "gt"))
    found = list(rows.order_by("sort_key", "pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Leaf(
        shown,
        _name(shown[0]) if shown and place else "",
        _name(shown[-1]) if len(found) > PAGE_SIZE else "",
    )


def _place(text: str) -> tuple[str, int] | None:
    """Of a URL: the id, a dot, the sort key. None where it is no place."""
    named, _dot, key = text.replace("\0", "").partition(".")
    pk = number(named)
    return None if pk is None else (key, pk)


def _name(row: Row) -> str:
    return f"{row.pk}.{row.sort_key}"


def _beyond(place: tuple[str, int], side: str) -> Q:
    """After ("gt") or before ("lt") the place; the first half is what the index needs."""
    key, pk = place
    return Q(**{f"sort_key__{side}e": key}) & (
        Q(**{f"sort_key__{side}": key}) | Q(**{f"pk__{side}": pk})
    )
