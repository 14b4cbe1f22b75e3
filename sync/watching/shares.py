"""Which accounts a watcher watches. Several share them evenly; a dead one's go to the others.

A watcher says every few seconds that it lives; with its row end all its watches. Two that
watch the same account for a moment do no harm: they only say twice that it is worth a look.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet, TextField
from django.db.models.functions import MD5, Cast, Now

from sync import plan
from sync.models import Account, Folder, Label, Watch, Watcher
from sync.scope import sources

# Three rounds may fail.
LEASE_SECONDS = 30.0
ROUND_SECONDS = 5.0
# Of an account; what happens in the others is seen by the looks that come all the same.
FOLDERS = 20


@transaction.atomic
def balance(name: str, hearing: Collection[int], most: int) -> set[int]:
    """Say that this watcher lives and which accounts it hears; those that are its own from now on.

    It has at most `most` of them. Whoever has more than a fair share gives some up.
    """
    Watcher.objects.update_or_create(
        name=name, defaults={"until": Now() + timedelta(seconds=LEASE_SECONDS)}
    )
    Watcher.objects.filter(until__lte=Now()).delete()
    mine = Watch.objects.filter(watcher=name)
    mine.exclude(account__in=_watchable()).delete()
    mine.exclude(hears=True).filter(account__in=hearing).update(hears=True)
    mine.filter(hears=True).exclude(account__in=hearing).update(hears=False)
    held = set(mine.values_list("account", flat=True))
    wanted = min(most, -(-_watchable().count() // Watcher.objects.count()))
    if len(held) > wanted:
        spare = sorted(held)[wanted:]
        mine.filter(account__in=spare).delete()
        return held.difference(spare)
    found = _free()[: wanted - len(held)]
    Watch.objects.bulk_create(
        (Watch(account_id=pk, watcher_id=name) for pk in found), ignore_conflicts=True
    )
    return set(mine.values_list("account", flat=True))


def _free() -> list[int]:
    """Accounts that nobody watches. Half of a limited host's connections are for workers."""
    free = _watchable().filter(watch=None).order_by("pk").values_list("pk", "host")
    room = {
        host: limit // 2 - Watch.objects.filter(account__host__iexact=host).count()
        for host, limit in settings.SYNC_HOST_CONNECTIONS.items()
    }
    found = []
    for pk, host in free:
        left = room.get(host.lower(), 1)
        if left > 0:
            found.append(pk)
        if host.lower() in room:
            room[host.lower()] = left - 1
    return found


def leave(name: str) -> None:
    """Everything is free for the others at once."""
    Watcher.objects.filter(name=name).delete()


def fingerprints(accounts: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What of each account, when it changes, asks for a new connection."""
    here = {"account": OuterRef("pk")}
    folders = Folder.objects.filter(selectable=True, missing_since=None, **here)
    rows = Account.objects.filter(pk__in=accounts).annotate(
        sealed=MD5(Cast("encrypted_secret", TextField())),
        picked=ArraySubquery(Label.objects.filter(chosen=True, **here).order_by("pk").values("pk")),
        there=ArraySubquery(folders.order_by("pk").values("pk")),
    )
    what = ("host", "port", "security", "username", "sealed", "label_choice", "picked", "there")
    return {row[0]: tuple(map(str, row[1:])) for row in rows.values_list("pk", *what)}


def targets(account_id: int) -> tuple[Account, dict[bytes, plan.KnownState]]:
    """The account, and what is known of the folders to watch: the inbox, then the fullest."""
    account = Account.objects.get(pk=account_id)
    found = sources(account)
    first, others = found[:1], found[1:]
    others.sort(key=lambda source: -(source.folder.uidnext or 0))
    folders = [source.folder for source in (*first, *others[: FOLDERS - 1])]
    return account, {
        bytes(folder.raw_name): plan.KnownState(
            folder.messages, folder.uidvalidity, folder.uidnext, folder.highestmodseq
        )
        for folder in folders
    }


def _watchable() -> QuerySet[Account]:
    """Those whose new mail is followed."""
    return Account.objects.filter(state=Account.State.ACTIVE).exclude(first_sync_done_at=None)
