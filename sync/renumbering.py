"""UIDVALIDITY changed: every UID is new, the messages are not (RFC 3501, section 2.3.1.1).

    old rows set aside ── new UIDs listed, in one commit ──> drained: known keys become copies
                                                  └─ at the end the old rows are removed

Nothing that is here is fetched again. Where the numbers change with every look, there is nothing
to map: the folder is set aside. A catch-up run keeps to the window that was covered
before, so that what had been left out as too old does not come in as if it were new.
"""

import time
from datetime import datetime, timedelta

from django.db.models import F, Min, Value
from django.db.models.functions import Coalesce, Now

from sync import ledger
from sync.ledger import Line
from sync.models import Account, Folder, LedgerEntry, Run
from sync.rows import DAMAGED
from sync.scope import Source
from sync.session import Session
from sync.wire import EPOCH, FolderStatus, NumbersUnstable, search

PAUSE_SECONDS = 1.1
_DAY = timedelta(days=1)


def is_renumbered(folder: Folder, status: FolderStatus) -> bool:
    """0 is no UIDVALIDITY: some servers send it all the same, and it says nothing."""
    return bool(
        folder.uidvalidity and status.uidvalidity and folder.uidvalidity != status.uidvalidity
    )


def remap(session: Session, source: Source) -> None:
    """List the folder anew. Raises NumbersUnstable."""
    folder = source.folder
    first = session.examine(folder).uidvalidity
    # Some servers make a number up for every connection, some take the clock's second.
    session.hang_up()
    time.sleep(PAUSE_SECONDS)
    status, uidnext = session.before_listing(folder)
    if status.uidvalidity != first:
        raise NumbersUnstable
    lines = _lines(session, source)
    with session.commit():
        listed = LedgerEntry.objects.filter(folder=folder, state=LedgerEntry.State.LISTED)
        # That of a message that is here, and was to be read once more, says that it lay there.
        listed.exclude(message=None).update(state=LedgerEntry.State.FAILED, problem=DAMAGED)
        listed.delete()
        LedgerEntry.objects.filter(folder=folder, expunged_at=None).update(expunged_at=Now())
        _list_again(session.account, folder)
        _take_over(folder, status, uidnext)
        ledger.enter(folder, catch_up_run(session.account), lines)


def finish(run: Run) -> None:
    """Remove the rows that were set aside; inside the transaction that ends the run."""
    old = LedgerEntry.objects.filter(folder__account=run.account).exclude(
        # As the ledger writes it where the server gives none.
        uidvalidity=Coalesce(F("folder__uidvalidity"), Value(0))
    )
    links = old.values_list("message_id", flat=True)
    messages = {message for message in links if message is not None}
    old.delete()
    ledger.mark_left_server(messages)


def covered_since(account: Account) -> datetime | None:
    """Back to when everything of everyone is here; None before the first sync is done."""
    first = account.runs.filter(kind=Run.Kind.INITIAL).aggregate(since=Min("since"))["since"]
    past = account.runs.filter(
        kind=Run.Kind.PAST, state=Run.State.DONE, scope="everyone"
    ).aggregate(since=Min("since"))["since"]
    return min((since for since in (first, past) if since), default=None)


def catch_up_run(account: Account) -> Run:
    """The open run that looks at folders and labels anew, in the window that is covered."""
    run, _ = account.runs.get_or_create(
        kind=Run.Kind.CATCH_UP,
        state__in=Run.OPEN,
        defaults={"state": Run.State.RUNNING, "since": covered_since(account)},
    )
    return run


def _lines(session: Session, source: Source) -> list[Line]:
    oldest = _oldest(session.account, source.folder)
    if oldest is None:
        return []
    uids = session.connection.search_uids(search.since((oldest - _DAY).date()))
    found = [one for one in session.connection.listing(uids) if not one.missing]
    return [
        Line(
            one.uid,
            max(one.internaldate, oldest) if one.internaldate == EPOCH else one.internaldate,
            one.size,
            "\\Seen" in one.flags,
            "" if one.error is not None or source.carries(one) else LedgerEntry.Reason.LABEL,
        )
        for one in found
        if one.internaldate >= oldest or one.internaldate == EPOCH
    ]


def _oldest(account: Account, folder: Folder) -> datetime | None:
    """Back to the oldest that is known, and all of the covered window: mail may have come since."""
    known = LedgerEntry.objects.filter(folder=folder, arrived_at__gt=EPOCH)
    oldest = known.aggregate(oldest=Min("arrived_at"))["oldest"]
    return min((at for at in (oldest, covered_since(account)) if at), default=None)


def _list_again(account: Account, folder: Folder) -> None:
    """What other runs had listed of the folder is gone: they list it once more."""
    for run in account.runs.filter(state__in=Run.OPEN).exclude(kind=Run.Kind.CATCH_UP):
        kept = [pair for pair in run.sources if pair[0] != folder.pk]
        if kept != run.sources:
            run.sources, run.listed_at = kept, None
            run.save(update_fields=["sources", "listed_at"])


def _take_over(folder: Folder, status: FolderStatus, uidnext: int) -> None:
    folder.uidvalidity = status.uidvalidity
    folder.uidnext = uidnext
    folder.highestmodseq = status.highestmodseq
    folder.messages = status.messages
    folder.save(update_fields=["uidvalidity", "uidnext", "highestmodseq", "messages"])
