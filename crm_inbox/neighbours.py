"""The list that a person came from, and what lies before and after a conversation in it."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A filter as the address of a conversation carries it on: `?in=VIEW` and the filter's own.

    A whole view in which the conversation is anyway needs not be named.
    """

    filter: Filter

    @classmethod
    def read(cls, query: QueryDict, place: str, zone: ZoneInfo) -> Trail:
        """As the URL says; else the whole view that the conversation is in."""
        view = query.get("in", "")
        return cls(Filter.from_query(view if view in VIEWS else place, query, zone))

    @property
    def query(self) -> str:
        narrowed = self.filter.query()
        if not narrowed and self.filter.view in VIEW_OF.values():
            return ""
        return f"{narrowed}&in={self.filter.view}" if narrowed else f"?in={self.filter.view}"

    @property
    def back(self) -> str:
        return reverse(self.filter.view) + self.filter.query()

    def newer(self, user: User, thread: Thread) -> str:
        """The address of the next newer conversation, "" where there is none."""
        moment = self.filter.moment
        rows = self.filter.threads(user).filter(beyond(Place.of(thread), "gt", moment))
        return self._address(rows.order_by(moment, "pk").values_list("pk", flat=True))

    def older(self, user: User, thread: Thread) -> str:
        moment = self.filter.moment
        rows = self.filter.threads(user).filter(beyond(Place.of(thread), "lt", moment))
        return self._address(rows.order_by(f"-{moment}", "-pk").values_list("pk", flat=True))

    def _address(self, found: QuerySet[Thread, int]) -> str:
        pk = found.first()
        return reverse("conversation", args=[pk]) + self.query if pk else ""
