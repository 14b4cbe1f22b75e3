"""A page of a search whose best matches come first."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from crm_inbox.filters import Filter
from crm_inbox.paging import PAGE_SIZE, Page
from sync.models import Thread
from sync.ranking import best


@dataclass(frozen=True)
class Rank:
    """A place in the list: how many conversations come before it."""

    ahead: int

    @classmethod
    def read(cls, text: str) -> Rank | None:
        """Of a URL. None where it is no place."""
        return cls(int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else None

    def __str__(self) -> str:
        return str(self.ahead)


def read_ranked(user: User, filter_: Filter, place: Rank | None) -> Page:
    """The best page, or the one that begins at the place."""
    ranked = best(user, filter_.threads(user), filter_.search.wanted)
    start = place.ahead if place and place.ahead < len(ranked) else 0
    shown = ranked[start : start + PAGE_SIZE]
    rows = Thread.objects.in_bulk(shown)
    return Page(
        [rows[pk] for pk in shown if pk in rows],
        older=Rank(start + PAGE_SIZE) if len(ranked) > start + PAGE_SIZE else None,
        newer=Rank(max(0, start - PAGE_SIZE)) if start else None,
    )
