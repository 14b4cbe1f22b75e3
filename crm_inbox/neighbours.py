"""The list that a person came from, and what lies before and after a conversation in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from crm_inbox.filters import VIEW_OF, VIEWS, Filter
from crm_inbox.paging import Place, beyond
from sync.models import Thread


@dataclass(frozen=True)
class Trail:
    """A list as the address of a conversation carries it on: `?in=VIEW`, the filter and the page.

    The first page of a whole view in which the conversation is anyway needs not be named.
    `before` and `after` are those of the page, see crm_inbox.paging.
    """

    filter: Filter
    before: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: QueryDict, place: str, zone: ZoneInfo) -> Trail:
        """As the URL says; else the whole view that the conversation is in."""
        view = query.get("in", "")
        filter_ = Filter.from_query(view if view in VIEWS else place, query, zone)
        return cls(filter_, query.get("before", ""), query.get("after", ""))

    @property
    def query(self) -> str:
        page = self._page
        if not page and self.filter.view in VIEW_OF.values():
            return ""
        return f"{page}&in={self.filter.view}" if page else f"?in={self.filter.view}"

    @property
    def back(self) -> str:
        return reverse(self.filter.view) + self._page

    @property
    def _page(self) -> str:
        narrowed = self.filter.query()
        values = {"before": self.before, "after": self.after}
        place = urlencode({name: value for name, value in values.items() if value})
        return f"{narrowed}{'&' if narrowed else '?'}{place}" if place else narrowed

    def back_to(self, pk: int | None) -> str:
        """The list at the line of a conversation; static/js/keys.js goes on there."""
        return f"{self.back}#conversation-{pk}" if pk else self.back

    def line(self, user: User, thread: Thread) -> int | None:
        """The conversation at whose line people go on after something was done to this one."""
        if self.filter.threads(user).filter(pk=thread.pk).exists():
            return thread.pk
        return self._beside(user, thread, "lt").first() or self._beside(user, thread, "gt").first()

    def hits(self, user: User, thread: Thread) -> set[int]:
        """Ids of the messages of a conversation that the list's search has found."""
        found = self.filter.search.wanted.matching(user).filter(thread=thread)
        return set(found.values_list("pk", flat=True))

    def newer(self, user: User, thread: Thread) -> str:
        """The address of the next newer conversation, "" where there is none."""
        return self._address(self._beside(user, thread, "gt"))

    def older(self, user: User, thread: Thread) -> str:
        return self._address(self._beside(user, thread, "lt"))

    def _beside(self, user: User, thread: Thread, side: str) -> QuerySet[Thread, int]:
        """Ids of what is older ("lt") or newer ("gt"), the nearest first."""
        moment, sign = self.filter.moment, "-" if side == "lt" else ""
        rows = self.filter.threads(user).filter(beyond(Place.of(thread), side, moment))
        return rows.order_by(f"{sign}{moment}", f"{sign}pk").values_list("pk", flat=True)

    def _address(self, found: QuerySet[Thread, int]) -> str:
        pk = found.first()
        return reverse("conversation", args=[pk]) + self.query if pk else ""
