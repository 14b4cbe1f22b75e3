"""What people may mean while they type a search: names, addresses and labels they know."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User

from contacts.models import Contact
from sync.models import Folder, Thread

# Conversations whose people are looked through: who somebody has just written with.
_RECENT = 300


def contacts(words: str, limit: int) -> list[str]:
    """Names of contacts."""
    return list(Contact.objects.search(words).values_list("name", flat=True)[:limit])


def correspondents(owner: User, words: str, limit: int) -> list[str]:
    """Who has written in the owner's latest conversations, contacts or not."""
    wanted = words.casefold()
    found: dict[str, None] = {}
    for name in _recent_people(owner):
        if any(part.startswith(wanted) for part in (name.casefold(), *name.casefold().split())):
            found.setdefault(name)
        if len(found) == limit:
            break
    return list(found)


def labels(owner: User, words: str, limit: int) -> list[str]:
    """Names of folders that were synced."""
    synced = Folder.objects.filter(account__owner=owner, uidnext__isnull=False)
    named = synced.filter(name__unaccent__icontains=words) if words else synced
    return list(named.order_by("name").values_list("name", flat=True).distinct()[:limit])


def _recent_people(owner: User) -> Iterator[str]:
    inbox = Thread.objects.filter(owner=owner, state=Thread.State.INBOX)
    for people in inbox.order_by("-last_message_at", "-pk").values_list("people", flat=True)[
        :_RECENT
    ]:
        yield from people
