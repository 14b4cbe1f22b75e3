"""What is around every page: the rail with its counts, the state of the sync, the account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from crm_inbox.filters import STATE_OF, VIEWS
from crm_inbox.ids import number
from crm_inbox.profiles import Profile
from crm_inbox.toasts import Toast
from crm_inbox.views.access import SignedIn, own
from sync import bulk, changes, runs
from sync.models import Account, Run, Thread

# Counted no further, so that the rail costs the same whatever the mailbox holds.
UNREAD_COUNTED = 999
# Runs that people wait for; the look at new mail is over before anybody sees it.
_WATCHED = (Run.Kind.INITIAL, Run.Kind.PAST, Run.Kind.CATCH_UP)
_ICONS = {"system": "computer-desktop", "light": "sun", "dark": "moon"}


@dataclass(frozen=True)
class Link:
    slug: str
    name: str
    url: str
    icon: str
    current: bool
    count: str


@dataclass(frozen=True)
class SyncDot:
    """`percent` where something that people wait for is under way and its size is known."""

    kind: str
    words: str
    percent: int | None = None


@dataclass(frozen=True)
class Choice:
    """One of a menu's choices, of which one is current."""

    value: str
    name: str
    icon: str
    current: bool


class Shell:
    """What base.html and rail.html show; each value is asked for once."""

    def __init__(self, request: SignedIn, section: str, title: str) -> None:
        # The number comes first: what changes after it is noticed by the next look.
        self.change = changes.number(request.user.pk)
        self.request, self.section, self.title = request, section, title
        open_runs = Run.objects.filter(
            account=OuterRef("pk"), state__in=Run.ACTIVE, kind__in=_WATCHED
        )
        self.accounts = list(own(request, Account).annotate(busy=Exists(open_runs)).order_by("pk"))
        # Of the chosen account alone, as the lists are.
        whose = self.account or request.user
        self._unread = Thread.objects.unread_by_state(whose, UNREAD_COUNTED + 1)
        self.unread = self._unread[Thread.State.INBOX]

    @property
    def unread_text(self) -> str:
        return _capped(self.unread)

    @property
    def mail_links(self) -> Iterator[Link]:
        for view in (view for view in VIEWS.values() if view.in_rail):
            unread = self._unread.get(STATE_OF.get(view.slug, ""), 0)
            count = _capped(unread) if unread else ""
            url = reverse(view.slug) + self._account_query
            current = view.slug == self.section
            yield Link(view.slug, str(view.name), url, view.icon, current, count)

    @property
    def search_url(self) -> str:
        """Mail in the trash is found in the trash only."""
        return reverse("trash" if self.section == "trash" else "search")

    @property
    def profile(self) -> Profile:
        return self.request.profile

    @property
    def appearances(self) -> Iterator[Choice]:
        for value, name in Profile.Appearance.choices:
            current = value == self.profile.appearance
            yield Choice(value, str(name), _ICONS[value], current)

    @property
    def toasts(self) -> list[Toast]:
        """What was just done, and large actions that go on behind the pages."""
        said = [
            Toast(
                str(message),
                message.extra_tags or "",
                can_undo=bool(message.extra_tags),
                failed=message.level_tag == "error",
            )
            for message in messages.get_messages(self.request)
        ]
        return said + [Toast.of(one) for one in bulk.under_way(self.request.user)]

    @cached_property
    def account(self) -> Account | None:
        """The one account whose mail the person looks at; None for all."""
        chosen = number(self.request.GET.get("account", ""))
        return next((one for one in self.accounts if one.pk == chosen), None)

    @property
    def account_choices(self) -> Iterator[Choice]:
        """Where the account can be chosen: on lists of mail, else on the way to the inbox."""
        base = self.request.path if self.section in VIEWS else reverse("inbox")
        yield Choice(self._with_account(base, None), _("All accounts"), "", self.account is None)
        for one in self.accounts:
            yield Choice(self._with_account(base, one), one.address, "", one == self.account)

    @cached_property
    def sync(self) -> SyncDot | None:
        """The one dot for all accounts: the worst of them."""
        if not self.accounts:
            return None
        if any(account.problem for account in self.accounts):
            return SyncDot("problem", _("needs attention"))
        if any(account.busy for account in self.accounts):
            return SyncDot("syncing", _("syncing"), self._percent())
        return SyncDot("good", _("up to date"))

    def _percent(self) -> int | None:
        """How far the runs are that people wait for, all together."""
        open_runs = Run.objects.filter(
            account__in=self.accounts, state__in=Run.ACTIVE, kind__in=_WATCHED
        )
        far = [runs.progress(run) for run in open_runs]
        total = sum(one.total for one in far)
        return 100 * sum(one.done for one in far) // total if total else None

    @property
    def _account_query(self) -> str:
        return f"?account={self.account.pk}" if self.account else ""

    def _with_account(self, base: str, account: Account | None) -> str:
        """The same list of another account; its labels are its own, and its pages, too."""
        kept = {
            name: self.request.GET[name]
            for name in ("q", "filter")
            if self.section in VIEWS and self.request.GET.get(name)
        }
        query = kept | ({"account": str(account.pk)} if account else {})
        return base + (f"?{urlencode(query)}" if query else "")


def _capped(count: int) -> str:
    return f"{UNREAD_COUNTED}+" if count > UNREAD_COUNTED else str(count)
