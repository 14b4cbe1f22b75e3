"""How much past mail a Gmail account gives in a day.

Who takes more is locked out for hours, their phone and their other mail programs with us. So past
emails rest once the day's share is used up, and go on the next day; new mail never rests.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from sync.models import Account, Run
from sync.wire import WHOLE_LIMIT

_MEGABYTE = 1_000_000


class Share:
    """What a run may fetch today, counted while it does, within a session."""

    def __init__(self, account: Account, run: Run) -> None:
        self._account = account
        self._limited = run.kind == Run.Kind.PAST and account.gmail
        self._day = _today()
        self._used = account.past_bytes if account.past_day == self._day else 0

    def takes(self, size: int) -> bool:
        """May a message of so many bytes be fetched? It is counted, as what is fetched of it."""
        if not self._limited:
            return True
        self._used += min(size, WHOLE_LIMIT)
        # What does not fit ends the day, so that nobody asks for it over and over.
        return self._used <= _limit()

    @property
    def is_used_up(self) -> bool:
        return self._limited and self._used >= _limit()

    def note(self) -> None:
        """Keep it for the runs to come."""
        if self._limited:
            self._account.past_day, self._account.past_bytes = self._day, self._used
            # Not `save`, which fails where somebody has removed the account meanwhile.
            Account.objects.filter(pk=self._account.pk).update(
                past_day=self._day, past_bytes=self._used
            )


def is_used_up(account: Account) -> bool:
    """Nothing of past mail is fetched any more today."""
    return account.past_day == _today() and account.past_bytes >= _limit()


def used_up() -> Q:
    """The same for a query of accounts."""
    return Q(past_day=_today(), past_bytes__gte=_limit())


def _limit() -> int:
    megabytes: int = settings.SYNC_GMAIL_DAILY_MB
    return megabytes * _MEGABYTE


def _today() -> date:
    """By UTC, as the setting TIME_ZONE has it."""
    return timezone.now().date()
