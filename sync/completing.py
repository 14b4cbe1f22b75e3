"""What people may mean while they type a search: names, addresses and labels they know."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User

from contacts.models import Contact
from sync.models import Folder, Thread

# Conversations whose people are looked through: who somebody has just written with.
_RECENT = 300
# Contacts among which the best ones are looked for.
_CONTACTS = 50


def contacts(words: str, limit: int) -> list[str]:
    """Names of contacts: first those of which a part begins so, last those found by an address."""
    found = Contact.objects.search(words).values_list("name", flat=True)[:_CONTACTS]
    return sorted(found, key=lambda name: _distance(name, words))[:limit]


def correspondents(owner: User, words: str, limit: int) -> list[str]:
    """Who has written in the owner's latest conversations, contacts or not."""
    found: dict[str, None] = {}
    for name in _recent_people(owner):
        if _begins(name, words):
            found.setdefault(name)
        if len(found) == limit:
            break
    return list(found)


def labels(owner: User, words: str, limit: int) -> list[str]:
    """Names of folders that were synced."""
    synced = Folder.objects.filter(account__owner=owner, uidnext__isnull=False)
    named = synced.filter(name__unaccent__icontains=words) if words else synced
    return list(named.order_by("name").values_list("name", flat=True).distinct()[:limit])


def _distance(name: str, words: str) -> int:
    return 0 if _begins(name, words) else 1 if words.casefold() in name.casefold() else 2


def _begins(name: str, words: str) -> bool:
    name, words = name.casefold(), words.casefold()
    return any(part.startswith(words) for part in (name, *name.split()))


def _recent_people(owner: User) -> Iterator[str]:
    inbox = Thread.objects.filter(owner=owner, state=Thread.State.INBOX)
    for people in inbox.order_by("-last_message_at", "-pk").values_list("people", flat=True)[
        :_RECENT
    ]:
        yield from (name for name in people if name)
