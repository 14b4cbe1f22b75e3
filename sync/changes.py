"""Telling open pages that something is new: a number for each owner, which only ever grows.

It is counted up after the commit, in a transaction of its own: within the transaction, its row
would be one that everybody waits for, and in no order that keeps them from waiting in a ring.
"""

from collections.abc import Collection
from functools import partial

from django.db import connection, transaction

from sync.models import Change

_COUNT_UP = """
INSERT INTO sync_change (owner_id, number)
SELECT id, 1 FROM auth_user WHERE id = ANY(%s) ORDER BY id
ON CONFLICT (owner_id) DO UPDATE SET number = sync_change.number + 1
"""


def number(owner_id: int) -> int:
    """Larger than before where something may have changed; one look at one index."""
    found = Change.objects.filter(pk=owner_id).values_list("number", flat=True).first()
    return found or 0


def tell(*owners: int) -> None:
    """What these people's pages show has changed, once the transaction is committed."""
    transaction.on_commit(partial(_count_up, owners))


def tell_owners_of(threads: Collection[int]) -> None:
    """The same for whoever these conversations belong to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT owner_id FROM sync_thread WHERE id = ANY(%s)", [list(threads)]
        )
        tell(*(owner for (owner,) in cursor.fetchall()))


def _count_up(owners: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_UP, [list(owners)])
