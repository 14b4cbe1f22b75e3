"""When the work on a run stops, though there is more to do."""

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sync.models import Account, Run
from sync.session import Session

_Item = TypeVar("_Item")

# Between two questions whether a person has stopped it.
ASK_SECONDS = 1.0
# Messages that are fetched in any case, so that the shortest slice gets on.
LEAST = 25


class Halt:
    """Of one run within a session."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self._ask_at = time.monotonic() + ASK_SECONDS
        self._stopped = False

    @property
    def is_due(self) -> bool:
        """Out of time, or a person has paused or cancelled the run, or paused the account."""
        if time.monotonic() >= self._ask_at:
            self._ask_at = time.monotonic() + ASK_SECONDS
            active = Run.objects.filter(account__state=Account.State.ACTIVE, state__in=Run.ACTIVE)
            self._stopped = not active.filter(pk=self._run.pk).exists()
        return self._stopped or self._session.out_of_time

    def until_due(self, items: Sequence[_Item]) -> Iterator[_Item]:
        for count, item in enumerate(items):
            if count >= LEAST and self.is_due:
                return
            yield item
