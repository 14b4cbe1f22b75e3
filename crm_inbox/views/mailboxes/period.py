"""What period of an account's mail is here, drawn over the last year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from sync import completeness
from sync.models import Account, Coverage
from sync.scope import sources

# The bar is as many units wide as the year has days.
YEAR = 365
Scope = Coverage.Scope


@dataclass(frozen=True)
class Part:
    """`start` and `width` in days, from a year ago on."""

    scope: str
    name: str
    since: datetime
    start: float
    width: float


@dataclass(frozen=True)
class Period:
    """`parts` is empty before anything is complete; the wider part comes first, below the other."""

    parts: list[Part]
    start: datetime
    ticks: list[float]

    @classmethod
    def of(cls, account: Account) -> Period:
        """What every chosen label holds: one that was chosen just now says so by being late."""
        pairs = [
            (source.folder, label) for source in sources(account) for _, label in source.pairs()
        ]
        everyone = _latest(
            completeness.covered_since(folder, label, Scope.EVERYONE) for folder, label in pairs
        )
        contacts = _latest(
            completeness.covered_since(folder, label, *Scope.values) for folder, label in pairs
        )
        now = timezone.now()
        parts = []
        if contacts is not None and (everyone is None or contacts < everyone):
            parts.append(_part(Scope.CONTACTS, contacts, now))
        if everyone is not None:
            parts.append(_part(Scope.EVERYONE, everyone, now))
        return cls(parts, now - timedelta(days=YEAR), [YEAR * month / 12 for month in range(1, 12)])


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    """None where one of them is not covered at all, or there is none."""
    found = list(moments)
    known = [moment for moment in found if moment is not None]
    return max(known) if known and len(known) == len(found) else None


def _part(scope: Scope, since: datetime, now: datetime) -> Part:
    # What is here must be seen, however short it is.
    width = min(float(YEAR), max(3.0, (now - since) / timedelta(days=1)))
    return Part(scope.value, str(scope.label), since, round(YEAR - width, 1), round(width, 1))
