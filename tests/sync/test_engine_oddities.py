"""Whatever a provider does beside the book, the ledger ends complete, and once is enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from sync import connecting
from sync.models import Folder, LedgerEntry
from tests.imap.fetching import Letter
from tests.imap.oddities import LARGE, ODDITIES
from tests.imap.provider import Provider, running
from tests.sync.mailbox import NOW, Syncing, connected, dump, letter

pytestmark = pytest.mark.django_db(transaction=True)
# Of the year that is synced.
COVERED = NOW - timedelta(days=366)
SET_ASIDE = ("Drafts", "Junk", "Trash")


class Post(Syncing):
    """A provider's mailbox and the account that syncs it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.account = connected("127.0.0.1", provider.port, "me@crm.example")

    def deliver(
        self, name: str, days: float = 0.5, folder: str = "INBOX", text: str = ""
    ) -> Letter:
        raw = letter(name, text=text)
        return self.provider.deliver(raw, NOW - timedelta(days=days), folder.encode())

    def fill(self) -> None:
        """Young and old mail; a copy, a large one, one that is long read."""
        for number in range(9):
            self.deliver(f"new{number}", number / 4 + 0.1)
        self.deliver("edge", 2.999)
        self.deliver("large", 1, text="x" * 70 + "\r\n" * (LARGE // 2))
        for days in (4, 40, 200, 364, 400, 800):
            self.deliver(f"old{days}", days)
        self.provider.mark(self.deliver("read", 0.7), "\\Seen")
        for place in self.provider.places.values():
            self.provider.deliver(
                letter(f"in-{place.uidvalidity}-{len(place.name)}"), NOW, place.name
            )
        self.deliver("new1", 0.35, "Sent")

    def check(self) -> None:
        """Every message in the covered time is stored, read here where it is read there."""
        for folder in Folder.objects.filter(selectable=True).exclude(name__in=SET_ASIDE):
            there = {
                uid: "\\Seen" in one.flags
                for uid, one in self.provider.places[bytes(folder.raw_name)].letters.items()
                if one.date >= COVERED
            }
            entries = LedgerEntry.objects.filter(folder=folder, expunged_at=None)
            assert dict(entries.filter(state="stored").values_list("uid", "seen")) == there
            assert set(entries.values_list("state", "reason")) <= {
                ("stored", ""),
                ("left_out", "too_old"),
            }
            assert (folder.uidnext or 0) == self.provider.places[bytes(folder.raw_name)].uidnext


def written(post: Post) -> dict[str, list[tuple[object, ...]]]:
    """All but the mod-sequences, which may be anything."""
    found = dump(post.account)
    found["folders"] = [(*row[:3], *row[4:]) for row in found["folders"]]
    return found


@contextmanager
def post_of(make: Callable[[Provider], None], slowly: bool = False) -> Iterator[Post]:
    with running(Provider(slowly=slowly)) as provider:
        post = Post(provider)
        make(provider)
        post.fill()
        # Some are about the letters.
        make(provider)
        yield post


@pytest.fixture(params=ODDITIES.values(), ids=ODDITIES.keys())
def make(request: pytest.FixtureRequest) -> Callable[[Provider], None]:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the engine is, but for the minute that it waits for a silent server."""
    real = connecting.server_of
    monkeypatch.setattr(
        connecting, "server_of", lambda account: replace(real(account), read_timeout=3)
    )


@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "byte by byte"])
def test_the_ledger_ends_complete(make: Callable[[Provider], None], slowly: bool) -> None:
    with post_of(make, slowly) as post:
        post.first_sync()
        post.past_sync(12)
        post.check()
        post.deliver("later", 0)
        post.deliver("moved-about", 500)
        first = post.provider.places[b"INBOX"].letters
        post.provider.mark(first[min(first)], "\\Seen")
        post.provider.expunge(first[min(first) + 2])
        post.sync()
        post.check()
        before = written(post)
        post.sync()
        assert written(post) == before
        post.deliver("last", 0)
        post.sync()
        post.check()
