"""Pages of conversations by keyset: no page costs more than the first, nothing is seen twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from sync.models import Thread

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """A place in the list: just after, or before, the conversation of this moment and id."""

    moment: datetime
    pk: int

    @classmethod
    def of(cls, thread: Thread) -> Place:
        return cls(thread.last_message_at, thread.pk)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """Of a URL: microseconds since 1970, a dot, the id. None where it is no place."""
        try:
            micros, pk = (int(part) for part in text.split("."))
            if not 0 <= pk < 2**63:
                return None
            return cls(_EPOCH + micros * _MICROSECOND, pk)
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        return f"{(self.moment - _EPOCH) // _MICROSECOND}.{self.pk}"


@dataclass(frozen=True)
class Page:
    """Conversations, and what the URLs of the pages beside it name."""

    threads: list[Thread]
    older: object | None
    newer: object | None


def read_page(
    threads: QuerySet[Thread],
    before: Place | None,
    after: Place | None,
    moment: str = "last_message_at",
) -> Page:
    """The newest page, or the one just older than `before`, or just newer than `after`.

    `moment` names the column that `threads` are put in order by, see Filter.moment.
    """
    if after and not before:
        return _newer_page(threads, after, moment)
    if before:
        threads = threads.filter(beyond(before, "lt", moment))
    found = list(threads.order_by(f"-{moment}", "-pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return Page(
        shown,
        older=Place.of(shown[-1]) if len(found) > PAGE_SIZE else None,
        newer=Place.of(shown[0]) if shown and before else None,
    )


def count_newer(threads: QuerySet[Thread], place: Place, limit: int, moment: str) -> int:
    """How many are newer than the place, counted up to `limit` only."""
    return threads.filter(beyond(place, "gt", moment))[:limit].count()


def _newer_page(threads: QuerySet[Thread], after: Place, moment: str) -> Page:
    rows = threads.filter(beyond(after, "gt", moment)).order_by(moment, "pk")
    found = list(rows[: PAGE_SIZE + 1])
    if len(found) < PAGE_SIZE:
        # The first page is always a full one.
        return read_page(threads, None, None, moment)
    shown = found[:PAGE_SIZE][::-1]
    return Page(
        shown,
        older=Place.of(shown[-1]),
        newer=Place.of(shown[0]) if len(found) > PAGE_SIZE else None,
    )


def beyond(place: Place, side: str, moment: str) -> Q:
    """Older ("lt") or newer ("gt") than the place; the first half is what the index needs."""
    return Q(**{f"{moment}__{side}e": place.moment}) & (
        Q(**{f"{moment}__{side}": place.moment}) | Q(**{f"pk__{side}": place.pk})
    )
