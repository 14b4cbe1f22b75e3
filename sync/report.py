"""How the worker that answers an inquiry tells how far it is."""

from __future__ import annotations

import time
from typing import Any

from django.utils import timezone

from sync.models import Inquiry

# Seconds between two words of the worker, so that a million messages cost no million updates.
_PAUSE = 0.5


class Withdrawn(Exception):
    """Nobody wants the answer any more."""


class Report:
    """Writes to the inquiry's row, and says so when the question has been withdrawn."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._pk = inquiry.pk
        self._told_at = 0.0
        self._known: dict[str, Any] = {"answer": {}}

    def tell(self, answer: dict[str, Any], done: int, total: int | None = None) -> None:
        """The answer as far as it is known, now and then. Raises Withdrawn."""
        self._known = {"answer": answer, "done": done, "total": total}
        if time.monotonic() - self._told_at >= _PAUSE:
            self._told_at = time.monotonic()
            self._write()

    def end(self, state: Inquiry.State, problem: str = "") -> None:
        try:
            self._write(state=state, problem=problem, finished_at=timezone.now())
        except Withdrawn:
            return

    def _write(self, **columns: Any) -> None:
        running = Inquiry.objects.filter(pk=self._pk, state=Inquiry.State.RUNNING)
        if not running.update(**self._known, **columns, heard_at=timezone.now()):
            raise Withdrawn
