"""Folders that are gone from the provider, and those that come back.

A folder that LIST lacks may only be out of sight, or have another name that is listed by then. So
only after a while has its mail left the server; and the mail comes back with it.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, Min, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from sync import ledger
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run

GRACE = timedelta(hours=1)


def oldest_adrift(account: Account) -> datetime | None:
    """Of the mail whose folder is gone: a folder that is new may be the same one renamed."""
    entries = LedgerEntry.objects.filter(
        folder__account=account, folder__missing_since__isnull=False, expunged_at=None
    )
    found: datetime | None = entries.exclude(message=None).aggregate(at=Min("arrived_at"))["at"]
    return found


def let_go(account: Account) -> None:
    """What lay in folders that are gone for good; inside of a transaction."""
    failed = LedgerEntry.objects.filter(
        folder=OuterRef("pk"), state=LedgerEntry.State.FAILED, expunged_at=None
    )
    gone = account.folders.filter(missing_since__lte=timezone.now() - GRACE).filter(
        # A run that came to it while it was missing has taken its coverage.
        Exists(Coverage.objects.filter(folder=OuterRef("pk"))) | Exists(failed)
    )
    for folder in gone.values_list("pk", flat=True):
        entries = LedgerEntry.objects.filter(folder=folder, expunged_at=None)
        messages = _messages(folder)
        entries.filter(state=LedgerEntry.State.LISTED).delete()
        entries.update(expunged_at=Now())
        # Without its coverage it is listed anew, should it come back.
        Coverage.objects.filter(folder=folder).delete()
        _take_out(account, folder)
        ledger.mark_left_server(messages)


def _take_out(account: Account, folder: int) -> None:
    """Of open runs, which at their end would count it as covered."""
    for run in account.runs.filter(state__in=Run.OPEN):
        kept = [pair for pair in run.sources if pair[0] != folder]
        if kept != run.sources:
            run.sources = kept
            run.save(update_fields=["sources"])


def come_back(folder: Folder) -> None:
    """It is listed again: what was thought to be gone with it is there, until the next look."""
    entries = LedgerEntry.objects.filter(folder=folder, expunged_at__gte=folder.missing_since)
    entries.update(expunged_at=None)
    Message.objects.filter(pk__in=_messages(folder.pk)).exclude(left_server_at=None).update(
        left_server_at=None
    )
    Folder.objects.filter(pk=folder.pk).update(messages=None)
    windows = (Run.Kind.INITIAL, Run.Kind.PAST)
    folder.account.runs.filter(state__in=Run.OPEN, kind__in=windows).update(listed_at=None)


def _messages(folder: int) -> set[int]:
    """Those of which a copy lies in the folder."""
    alive = LedgerEntry.objects.filter(folder=folder, expunged_at=None).exclude(message=None)
    return {message for message in alive.values_list("message_id", flat=True) if message}
