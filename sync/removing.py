"""Removing an account with everything of it that is here; the mailbox is not touched.

    REMOVING, so that nobody syncs it ──> lease, so that nobody writes ──> mail, newest first
                                                    ──> conversations ──> the ledger ──> the account

Every batch is a transaction of its own: a worker that dies leaves less to remove.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from sync.leases import Lease, claim
from sync.models import (
    Account,
    Attachment,
    AttachmentContent,
    Grant,
    Inquiry,
    LedgerEntry,
    Message,
    Run,
    Thread,
)

_MESSAGES = 500
_ROWS = 5_000


@dataclass(frozen=True)
class Going:
    """What would go with the account."""

    conversations: int
    messages: int
    files: int


def going(account: Account) -> Going:
    here = Message.objects.filter(account=account, tombstone_since=None)
    return Going(
        Thread.objects.filter(account=account).exclude(state=Thread.State.EMPTY).count(),
        here.count(),
        AttachmentContent.objects.filter(attachment__message__account=account).count(),
    )


@transaction.atomic
def begin(account: Account) -> None:
    """From now on nothing of it is synced; the password goes at once."""
    Account.objects.filter(pk=account.pk).update(
        state=Account.State.REMOVING, encrypted_secret=b"", problem="", problem_detail=""
    )
    Grant.objects.filter(account=account).delete()
    now = timezone.now()
    account.runs.filter(state__in=Run.OPEN).update(state=Run.State.CANCELLED, finished_at=now)
    account.inquiries.filter(state__in=Inquiry.OPEN).update(
        state=Inquiry.State.CANCELLED, finished_at=now
    )


def waiting() -> list[int]:
    """Accounts that are to go, and that nobody works on."""
    free = Q(lease_until=None) | Q(lease_until__lte=timezone.now())
    gone = Account.objects.filter(free, state=Account.State.REMOVING)
    return list(gone.values_list("pk", flat=True))


def remove_some(account_id: int, seconds: float) -> bool:
    """Work for about so long; True where more is left, False where somebody else has it."""
    removing = Account.objects.filter(pk=account_id, state=Account.State.REMOVING)
    if not removing.exists() or (lease := claim(account_id, "removing")) is None:
        return False
    deadline = time.monotonic() + seconds
    try:
        for batch in _batches(account_id):
            _delete(batch, lease)
            if time.monotonic() >= deadline:
                return True
        removing.get().delete()
    finally:
        lease.release()
    return False


def _batches(account_id: int) -> Iterator[QuerySet[Model]]:
    """Ever smaller: each query finds what the one before it left."""
    messages = Message.objects.filter(account=account_id).order_by("-arrived_at")
    yield from _slices(Attachment.objects.filter(message__account=account_id), _ROWS)
    yield from _slices(messages, _MESSAGES)
    yield from _slices(Thread.objects.filter(account=account_id), _ROWS)
    yield from _slices(LedgerEntry.objects.filter(folder__account=account_id), _ROWS)


def _slices(rows: QuerySet[Model], size: int) -> Iterator[QuerySet[Model]]:
    while pks := list(rows.values_list("pk", flat=True)[:size]):
        yield rows.model._default_manager.filter(pk__in=pks)


@transaction.atomic
def _delete(batch: QuerySet[Model], lease: Lease) -> None:
    lease.check_in_commit()
    batch.delete()
