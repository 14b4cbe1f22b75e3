"""What the inbox can show: one description for the page, its count and work on all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sync.models import Thread

State = Thread.State


@dataclass(frozen=True)
class View:
    """A place in the rail; its slug is the name of its URL, too."""

    slug: str
    name: str | Promise
    icon: str
    scope: Q


VIEWS = {
    view.slug: view
    for view in (
        View("inbox", _("Inbox"), "inbox", Q(state=State.INBOX)),
        View("archive", _("Archive"), "archive-box", Q(state=State.ARCHIVED)),
        View(
            "sent",
            _("Sent"),
            "paper-airplane",
            Q(state__in=(State.INBOX, State.ARCHIVED), has_sent=True),
        ),
        View("trash", _("Trash"), "trash", Q(state=State.TRASHED)),
    )
}


# The view that shows the conversations of a state.
VIEW_OF = {State.INBOX: "inbox", State.ARCHIVED: "archive", State.TRASHED: "trash"}


@dataclass(frozen=True)
class Narrowing:
    """A choice of the filter menu."""

    slug: str
    name: str | Promise
    scope: Q


NARROWINGS = {
    one.slug: one
    for one in (Narrowing("from-contact", _("From existing contact"), Q(from_contact=True)),)
}


@dataclass(frozen=True)
class Filter:
    """A view and what narrows it; all of it is in the URL, so that a bookmark works."""

    view: str
    narrowing: str = ""
    account: int | None = None
    _scope: Q = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        scope = VIEWS[self.view].scope
        if self.narrowing:
            scope &= NARROWINGS[self.narrowing].scope
        if self.account is not None:
            scope &= Q(account=self.account)
        object.__setattr__(self, "_scope", scope)

    @classmethod
    def from_query(cls, view: str, query: QueryDict) -> Filter:
        """As the URL says; what it should not say is left out rather than refused."""
        narrowing = query.get("filter", "")
        account = query.get("account", "")
        return cls(
            view,
            narrowing if narrowing in NARROWINGS else "",
            int(account) if account.isascii() and account.isdigit() and len(account) < 19 else None,
        )

    def query(self) -> str:
        """The filter as a query string, "" or beginning with "?"."""
        values = {"filter": self.narrowing, "account": str(self.account or "")}
        values = {name: value for name, value in values.items() if value}
        return f"?{urlencode(values)}" if values else ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.narrowing or self.account)

    @property
    def narrowing_name(self) -> str:
        return str(NARROWINGS[self.narrowing].name) if self.narrowing else ""

    def threads(self, user: User) -> QuerySet[Thread]:
        """Everything it shows, in no particular order."""
        return Thread.objects.filter(self._scope, owner=user)

    def unread(self, user: User, limit: int) -> int:
        """How many of them have unread messages, counted up to `limit` only."""
        return self.threads(user).filter(unread_count__gt=0)[:limit].count()
