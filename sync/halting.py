"""When the work on a run stops, though there is more to do."""

import time
from collections.abc import Iterator, Sequence

from sync.allowance import Share
from sync.models import Account, Run
from sync.session import Session

# Between two questions whether a person has stopped it.
ASK_SECONDS = 1.0
# Messages that are fetched in any case, so that the shortest slice gets on.
LEAST = 25


class Halt:
    """Of one run within a session."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self.share = Share(session.account, run)
        self._ask_at = time.monotonic() + ASK_SECONDS
        self._stopped = False

    @property
    def is_due(self) -> bool:
        """Out of time, or the provider gives no more today, or a person has paused or cancelled
        the run, or paused the account.
        """
        if time.monotonic() >= self._ask_at:
            self._ask_at = time.monotonic() + ASK_SECONDS
            active = Run.objects.filter(account__state=Account.State.ACTIVE, state__in=Run.ACTIVE)
            self._stopped = not active.filter(pk=self._run.pk).exists()
        return self._stopped or self._session.out_of_time or self.share.is_used_up

    def until_due(self, items: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Of messages by UID and size in bytes, as many as may be fetched."""
        for count, (uid, size) in enumerate(items):
            if (count >= LEAST and self.is_due) or not self.share.takes(size):
                return
            yield uid, size
