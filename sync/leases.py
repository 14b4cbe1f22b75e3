"""One worker at a time for an account.

A lease is claimed by compare-and-swap on the account's row, and every claim raises the row's
epoch. A worker that was slow or cut off may not know that another took over: so each of its
transactions checks the epoch on the locked row, and commits while nobody else can claim, or
not at all. The database's clock is the only one that counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError

from sync.models import Account

# Longer than a silent server is waited for, so that only a dead worker's lease expires.
LEASE_SECONDS = 90.0


class LeaseLost(Exception):
    """Somebody else has the account now, or nobody has: stop, and write nothing."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to sync an account; `epoch` tells this claim from all others."""

    account_id: int
    holder: str
    epoch: int

    def renew(self) -> None:
        """LEASE_SECONDS from now on, also when it has expired and nobody took it.

        Raises LeaseLost.
        """
        if not self._mine().update(lease_until=Now() + _span()):
            raise LeaseLost(
                f"Account {self.account_id}: {self.holder} lost its lease, epoch {self.epoch}."
            )

    def check_in_commit(self) -> None:
        """Renew inside the transaction that writes, which then holds off every other claim.

        Raises LeaseLost, and TransactionManagementError outside a transaction.
        """
        if not transaction.get_connection().in_atomic_block:
            raise TransactionManagementError("A lease is checked in the transaction that writes.")
        self.renew()

    def release(self) -> None:
        """Let others claim at once; nothing happens where the lease is lost already."""
        self._mine().update(lease_holder="", lease_until=None)

    def _mine(self) -> QuerySet[Account]:
        return Account.objects.filter(
            pk=self.account_id, lease_holder=self.holder, lease_epoch=self.epoch
        )


@transaction.atomic(durable=True)
def claim(account_id: int, holder: str) -> Lease | None:
    """The lease for LEASE_SECONDS, or None while somebody else has it.

    `holder`, at most 64 characters, is for people to read. Raises RuntimeError inside a
    transaction, where others could not see the claim.
    """
    free = Account.objects.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), pk=account_id)
    epoch = free.values_list("lease_epoch", flat=True).first()
    if epoch is None:
        return None
    claimed = free.filter(lease_epoch=epoch).update(
        lease_holder=holder, lease_until=Now() + _span(), lease_epoch=epoch + 1
    )
    return Lease(account_id, holder, epoch + 1) if claimed else None


def _span() -> timedelta:
    return timedelta(seconds=LEASE_SECONDS)
