"""What comes before a run that restores: everything that was deleted until now is deleted.

Deleting goes on behind the pages, slice by slice. Mail that still waits for it looks to a listing
as if it were here; it would be passed over, and then emptied.
"""

from django.conf import settings
from django.db import transaction

from sync import bulk, deleting
from sync.models import BulkAction, Thread
from sync.session import Session

# Seconds of deleting before somebody asks whether there is newer mail.
_STEP = 1.0


def settle(session: Session) -> bool:
    """Bring the deleting that the account's owner has begun to its end; False where time was up."""
    return _bury_what_is_under_way(session) and _empty_the_queue(session)


def _bury_what_is_under_way(session: Session) -> bool:
    begun = bulk.under_way(session.account.owner)
    for action in begun.filter(to__in=(bulk.GONE, Thread.State.TRASHED)):
        while bulk.work(action.pk, _STEP) or not _has_ended(action):
            if _stops(session):
                return False
    if not settings.TRASH_DAYS:
        deleting.empty_trash(0)
    return True


@transaction.atomic
def _has_ended(action: BulkAction) -> bool:
    """Another worker may be at the last slice, which is waited for."""
    list(action.slices.select_for_update().values_list("pk"))
    return BulkAction.objects.filter(pk=action.pk).exclude(finished_at=None).exists()


def _empty_the_queue(session: Session) -> bool:
    while not deleting.catch_up_with(session.account, _STEP):
        if _stops(session):
            return False
    return True


def _stops(session: Session) -> bool:
    """Whether time is up, or there is newer mail, for which a commit looks."""
    with session.commit():
        pass
    return session.out_of_time
