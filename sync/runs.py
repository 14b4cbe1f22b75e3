"""Runs: begun, paused and cancelled by people, brought to an end by the engine."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from sync import changes, renumbering
from sync.models import Account, Coverage, Label, LedgerEntry, Run
from sync.scope import sources

FIRST_SYNC = timedelta(days=3)
INTERVALS = (1, 3, 6, 12)
# How old an address may be that a run did not see: an import is seen when all of it is written.
UNCOMMITTED = timedelta(minutes=2)
# What went wrong can be looked up that long; what became of each message stays in the ledger.
KEPT = timedelta(days=7)
# Rows of one transaction, and of one call: a task must end before it is thought to be lost.
_FORGOTTEN_AT_ONCE, _FORGOTTEN = 500, 20_000


class NotYet(Exception):
    """Past emails are offered only after the first sync."""


class AlreadyRunning(Exception):
    """A run of this kind is open already."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Messages of a run. While it is still being listed, `total` grows."""

    done: int
    total: int


def start_first_sync(account: Account) -> Run:
    """The last three days of everyone; a second call gives the same run."""
    run, _ = account.runs.get_or_create(
        kind=Run.Kind.INITIAL, defaults={"since": timezone.now() - FIRST_SYNC}
    )
    changes.tell(account.owner_id)
    return run


def start_past_sync(
    account: Account, months: int, scope: Literal["everyone", "contacts"], restore: bool = False
) -> Run:
    """Mail of the last 1, 3, 6 or 12 months. Raises NotYet, AlreadyRunning, ValueError."""
    if account.first_sync_done_at is None:
        raise NotYet
    if months not in INTERVALS:
        raise ValueError(f"Past emails come in steps of {INTERVALS} months, not {months}.")
    try:
        with transaction.atomic():
            changes.tell(account.owner_id)
            return account.runs.create(
                kind=Run.Kind.PAST,
                scope=Coverage.Scope(scope),
                since=months_before(timezone.now(), months),
                restore=restore,
            )
    except IntegrityError as error:
        raise AlreadyRunning from error


def months_before(moment: datetime, months: int) -> datetime:
    """The beginning of the same day, or the month's last one, so many months earlier."""
    index = moment.year * 12 + moment.month - 1 - months
    year, month = index // 12, index % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(
        year=year, month=month, day=day, hour=0, minute=0, second=0, microsecond=0
    )


def labels_changed(account: Account) -> None:
    """Look at the account soon: what is chosen now may be missing. No mail is ever removed.

    What was covered of a label that is chosen no more is forgotten: from now on it is not
    followed, so when it is chosen again it is listed again.
    """
    followed = Q(label=None)
    if account.label_choice == Account.LabelChoice.CHOSEN:
        followed |= Q(label__chosen=True)
    covered = Coverage.objects.filter(folder__account=account)
    covered.exclude(followed).delete()
    # Where only some labels are followed, new mail without them is left out from now on.
    partly = [source.folder.pk for source in sources(account) if source.labels]
    covered.filter(folder__in=partly, label=None).delete()
    Account.objects.filter(pk=account.pk).update(checked_at=None)


def progress(run: Run) -> Progress:
    counted = run.entries.aggregate(
        total=Count("pk"), waiting=Count("pk", filter=Q(state=LedgerEntry.State.LISTED))
    )
    return Progress(counted["total"] - counted["waiting"], counted["total"])


def pause(run: Run) -> None:
    _change(run, Run.ACTIVE, Run.State.PAUSED)


def resume(run: Run) -> None:
    _change(run, (Run.State.PAUSED,), Run.State.WAITING)


@transaction.atomic
def cancel(run: Run) -> None:
    """What has come stays; what has not is left out as older than what was synced."""
    if _change(run, Run.OPEN, Run.State.CANCELLED):
        Run.objects.filter(pk=run.pk).update(finished_at=timezone.now())
        release_entries(run)


def release_entries(run: Run) -> None:
    run.entries.filter(state=LedgerEntry.State.LISTED).update(
        state=LedgerEntry.State.LEFT_OUT, reason=LedgerEntry.Reason.TOO_OLD
    )


def forget_old() -> None:
    """Every look that brings something is a run: thousands a day, which nobody asks for later.

    First and past syncs stay: they say since when everything is here, and how fast it came.
    """
    long_ago = timezone.now() - KEPT
    old = Run.objects.filter(
        kind__in=(Run.Kind.LIVE, Run.Kind.CATCH_UP), finished_at__lt=long_ago
    ).exclude(state__in=Run.OPEN)
    for _ in range(0, _FORGOTTEN, _FORGOTTEN_AT_ONCE):
        batch = list(old.order_by("pk").values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
        if not batch:
            return
        Run.objects.filter(pk__in=batch).delete()


def finish(run: Run) -> None:
    """Everything listed is decided: note what is covered now. Inside a transaction.

    A run that somebody cancelled or paused meanwhile stays as they left it.
    """
    if not _change(run, Run.ACTIVE, Run.State.DONE):
        return
    now = timezone.now()
    run.finished_at = now
    run.save(update_fields=["finished_at"])
    if run.kind == Run.Kind.CATCH_UP:
        renumbering.finish(run)
    if run.sources:
        # What is chosen may have changed meanwhile.
        followed = {pair for source in sources(run.account) for pair in source.pairs()}
        for folder, label in run.sources:
            if (folder, label) in followed:
                _cover(run, folder, label)
    if run.kind == Run.Kind.INITIAL:
        Account.objects.filter(pk=run.account_id).update(first_sync_done_at=now)


def _cover(run: Run, folder: int, label: int | None) -> None:
    if run.since is None:
        return
    contacts = run.scope == Coverage.Scope.CONTACTS
    if contacts and _everyone_is_covered(run.since, folder, label):
        return
    as_of = run.created_at - UNCOMMITTED if contacts else None
    row, created = Coverage.objects.get_or_create(
        folder_id=folder,
        label=Label.objects.filter(pk=label).first() if label else None,
        scope=run.scope,
        defaults={"since": run.since, "contacts_as_of": as_of},
    )
    if created:
        return
    if run.since <= row.since:
        row.since, row.contacts_as_of = run.since, as_of
        row.save(update_fields=["since", "contacts_as_of"])


def _everyone_is_covered(since: datetime, folder: int, label: int | None) -> bool:
    return Coverage.objects.filter(
        folder=folder, label=label, scope=Coverage.Scope.EVERYONE, since__lte=since
    ).exists()


def _change(run: Run, allowed: tuple[Run.State, ...], state: Run.State) -> bool:
    changed = Run.objects.filter(pk=run.pk, state__in=allowed).update(state=state)
    if changed:
        run.state = state
        changes.tell(run.account.owner_id)
    return bool(changed)
