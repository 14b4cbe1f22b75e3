"""A provider of our own making, byte by byte, with a mailbox and the account that syncs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sync.models import Folder, LedgerEntry
from tests.imap.fetching import Letter
from tests.imap.oddities import LARGE
from tests.imap.provider import Provider, running
from tests.sync.mailbox import NOW, Syncing, connected, letter

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
        self.deliver("edge", 2.9)
        self.deliver("large", 1, text="x" * 70 + "\r\n" * (LARGE // 2))
        for days in (3.001, 4, 40, 200, 364, 400, 800):
            self.deliver(f"old{days}", days)
        self.provider.mark(self.deliver("read", 0.7), "\\Seen")
        for place in self.provider.places.values():
            self.provider.deliver(
                letter(f"in-{place.uidvalidity}-{len(place.name)}"), NOW, place.name
            )
        self.deliver("new1", 0.35, "Sent")

    def check(self, days: float = 366) -> None:
        """Every message of the covered days is stored, read here where it is read there."""
        for folder in Folder.objects.filter(selectable=True).exclude(name__in=SET_ASIDE):
            there = {
                uid: "\\Seen" in one.flags
                for uid, one in self.provider.places[bytes(folder.raw_name)].letters.items()
                if one.date >= NOW - timedelta(days)
            }
            entries = LedgerEntry.objects.filter(folder=folder, expunged_at=None)
            assert dict(entries.filter(state="stored").values_list("uid", "seen")) == there
            assert set(entries.values_list("state", "reason")) <= {
                ("stored", ""),
                ("left_out", "too_old"),
            }
            assert (folder.uidnext or 0) == self.provider.places[bytes(folder.raw_name)].uidnext


@contextmanager
def post_of(make: Callable[[Provider], None], slowly: bool = False) -> Iterator[Post]:
    with running(Provider(slowly=slowly)) as provider:
        post = Post(provider)
        make(provider)
        post.fill()
        # Some are about the letters.
        make(provider)
        yield post
