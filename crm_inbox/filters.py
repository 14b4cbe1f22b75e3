"""What the inbox can show: one description for the page, its count and work on all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_inbox.ids import number
from crm_inbox.search_terms import Search, understand
from sync.finding import in_folder
from sync.models import Thread

State = Thread.State


@dataclass(frozen=True)
class View:
    """A place in the rail; its slug is the name of its URL, too."""

    slug: str
    name: str | Promise
    icon: str
    scope: Q
    in_rail: bool = True


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
        View(
            "search",
            _("Search"),
            "magnifying-glass",
            Q(state__in=(State.INBOX, State.ARCHIVED)),
            in_rail=False,
        ),
    )
}


# The view that shows the conversations of a state.
VIEW_OF = {State.INBOX: "inbox", State.ARCHIVED: "archive", State.TRASHED: "trash"}
STATE_OF = {slug: state for state, slug in VIEW_OF.items()}


@dataclass(frozen=True)
class Narrowing:
    """A choice of the filter menu."""

    slug: str
    name: str | Promise
    scope: Q


NARROWINGS = {
    one.slug: one
    for one in (
        Narrowing("from-contact", _("From existing contact"), Q(from_contact=True)),
        Narrowing("to-contact", _("To existing contact"), Q(to_contact=True)),
        Narrowing(
            "no-contact",
            _("Not linked to a contact"),
            Q(from_contact=False, to_contact=False),
        ),
        Narrowing("unread", _("Unread"), Q(unread_count__gt=0)),
        Narrowing("attachments", _("With attachments"), Q(has_attachments=True)),
    )
}


@dataclass(frozen=True)
class Filter:
    """A view and what narrows it; all of it is in the URL, so that a bookmark works.

    `label` is the id of a folder; `text` what was searched for, and `search` what it means;
    `order` is "best" where the best matches come first.
    """

    view: str
    narrowing: str = ""
    account: int | None = None
    label: int | None = None
    text: str = ""
    order: str = ""
    search: Search = field(default_factory=Search, repr=False, compare=False)

    @classmethod
    def from_query(cls, view: str, query: QueryDict, zone: ZoneInfo) -> Filter:
        """As the URL says; what it should not say is left out rather than refused."""
        narrowing = query.get("filter", "")
        text = query.get("q", "").replace("\0", "").strip()
        return cls(
            view,
            narrowing if narrowing in NARROWINGS else "",
            number(query.get("account", "")),
            number(query.get("label", "")),
            text,
            "best" if query.get("order") == "best" else "",
            understand(text, zone),
        )

    def query(self) -> str:
        """The filter as a query string, "" or beginning with "?"."""
        values = {
            "q": self.text,
            "filter": self.narrowing,
            "account": str(self.account or ""),
            "label": str(self.label or ""),
            "order": self.order,
        }
        values = {name: value for name, value in values.items() if value}
        return f"?{urlencode(values)}" if values else ""

    @property
    def narrowing_name(self) -> str:
        return str(NARROWINGS[self.narrowing].name) if self.narrowing else ""

    @property
    def is_ranked(self) -> bool:
        return self.order == "best" and bool(self.search.wanted.terms)

    @property
    def words(self) -> list[str]:
        """What was searched for, to be marked where it is found."""
        return self.search.wanted.words

    def threads(self, user: User) -> QuerySet[Thread]:
        """Everything it shows, in no particular order; nothing for a search with a problem."""
        found = Thread.objects.filter(
            VIEWS[self.view].scope, self.search.wanted.threads(user), owner=user
        )
        if self.search.problems:
            found = found.none()
        if self.narrowing:
            found = found.filter(NARROWINGS[self.narrowing].scope)
        if self.account is not None:
            found = found.filter(account=self.account)
        if self.label is not None and self.view in STATE_OF:
            return found.filed_under(self.label, STATE_OF[self.view])
        if self.label is not None:
            found = found.filter(pk__in=in_folder(user, self.label).values("thread_id"))
        return found

    @property
    def moment(self) -> str:
        """The column of `threads` that puts them in order."""
        filed = self.label is not None and self.view in STATE_OF
        return "moment" if filed else "last_message_at"
