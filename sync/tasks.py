"""Celery's doors to the engine: short slices, and every task may run twice."""

import os
import socket
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from sync import deleting, engine, inquiries, marking, moving, removing, searching
from sync.models import Account, Run

# By then a worker that was asked for has come, or the request is lost.
QUEUED_FOR = timedelta(seconds=60)


@shared_task
def tick() -> None:
    """Ask for a worker for every account that has something to do."""
    for pk, has_past in due_accounts():
        _ask(pk, has_past)
    for pk in inquiries.lost():
        inquire.delay(pk)
    for pk in removing.waiting():
        remove.delay(pk)
    if searching.backlog():
        index.delay()


@shared_task
def live(account_id: int) -> None:
    """New mail and the first sync."""
    _slice(account_id)


@shared_task
def past(account_id: int) -> None:
    """Past emails, and new mail between two windows of them."""
    _slice(account_id)


@shared_task
def inquire(inquiry_id: int) -> None:
    """Answer a question about a mailbox."""
    inquiries.answer(inquiry_id)


@shared_task
def remove(account_id: int) -> None:
    """A part of an account that its owner removes."""
    if removing.remove_some(account_id, settings.SYNC_SLICE_SECONDS):
        remove.delay(account_id)


@shared_task
def index() -> None:
    """A part of the search's backlog."""
    if searching.catch_up(settings.SYNC_SLICE_SECONDS):
        index.delay()


@shared_task
def empty_trash() -> None:
    """What was deleted long enough ago is emptied."""
    deleting.empty_trash(settings.TRASH_DAYS)
    moving.forget_old()
    marking.forget_old()
    inquiries.forget_old()


def wake(account_id: int) -> None:
    """Ask for a worker now: somebody is waiting."""
    has_past = Run.objects.filter(
        account=account_id, kind=Run.Kind.PAST, state__in=Run.ACTIVE
    ).exists()
    Account.objects.filter(pk=account_id).update(queued_until=None)
    _ask(account_id, has_past)


def due_accounts() -> list[tuple[int, bool]]:
    """Ids of the accounts that need a worker and have none, and whether past mail is to come."""
    now = timezone.now()
    open_runs = Run.objects.filter(account=OuterRef("pk"), state__in=Run.ACTIVE)
    polled = now - timedelta(seconds=settings.SYNC_POLL_SECONDS)
    found = (
        Account.objects.filter(state=Account.State.ACTIVE)
        .filter(Q(lease_until=None) | Q(lease_until__lte=now))
        .filter(Q(queued_until=None) | Q(queued_until__lte=now))
        .filter(Q(retry_at=None) | Q(retry_at__lte=now))
        .filter(Exists(open_runs) | Q(checked_at=None) | Q(checked_at__lte=polled))
    )
    has_past = Exists(open_runs.filter(kind=Run.Kind.PAST))
    return list(found.annotate(has_past=has_past).values_list("pk", "has_past"))


def _ask(account_id: int, has_past: bool) -> None:
    """Once for each time, even where two ticks see the account at once."""
    now = timezone.now()
    asked = Account.objects.filter(
        Q(queued_until=None) | Q(queued_until__lte=now), pk=account_id
    ).update(queued_until=now + QUEUED_FOR)
    if asked:
        (past if has_past else live).apply_async((account_id,), expires=QUEUED_FOR.seconds)


def _slice(account_id: int) -> None:
    Account.objects.filter(pk=account_id).update(queued_until=None)
    holder = f"{socket.gethostname()}:{os.getpid()}"[:64]
    if engine.work(account_id, holder, settings.SYNC_SLICE_SECONDS):
        wake(account_id)
