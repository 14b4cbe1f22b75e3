"""Importing a file batch by batch, one commit each, so that it can stop and go on anywhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction

from contacts.importing import Duplicates, judge, write
from contacts.lines import Line, Outcome
from contacts.upload import Upload

BATCH = 1_000
# Lines that could not be imported of which the report tells.
TOLD = 500
# Somebody else adds one of the addresses just then; the batch is judged again.
_TRIES = 5
_COUNTERS = ("state", "done", "created", "changed", "left_out", "broken", "problems")


# An import that comes no further for so long has lost its worker, or the request for one.
LOST_SECONDS = 120
# See contacts.locks.
LOCKS = 0x1337


class Place(NamedTuple):
    """How far an import is."""

    upload: int
    done: int


def running() -> list[Place]:
    rows = Upload.objects.filter(state=Upload.State.RUNNING).order_by("pk")
    return [Place(*row) for row in rows.values_list("pk", "done")]


def work(upload: Upload, seconds: float) -> bool:
    """Import for about so long; True where some lines are left."""
    deadline = time.monotonic() + seconds
    lines = upload.lines() if upload.state == Upload.State.RUNNING else []
    while upload.state == Upload.State.RUNNING:
        _batch(upload, lines)
        if time.monotonic() >= deadline:
            break
    return bool(upload.state == Upload.State.RUNNING)


def _batch(upload: Upload, lines: Sequence[Line]) -> None:
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                _lock(upload)
                _import(upload, lines[upload.done : upload.done + BATCH])
            return
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise


def _lock(upload: Upload) -> None:
    """Another worker may be at it, too; what it did is seen here."""
    fresh = Upload.objects.only(*_COUNTERS).select_for_update().get(pk=upload.pk)
    for name in _COUNTERS:
        setattr(upload, name, getattr(fresh, name))


def _import(upload: Upload, lines: Sequence[Line]) -> None:
    if upload.state != Upload.State.RUNNING:
        return
    judged = judge(lines)
    written = write(judged, Duplicates(upload.duplicates))
    broken = [line for line in judged if line.outcome == Outcome.BROKEN]
    upload.created += written.created
    upload.changed += written.changed
    upload.left_out += written.left
    upload.broken += len(broken)
    told = [[line.number, line.name, line.culprit] for line in broken]
    upload.problems = [*upload.problems, *told][:TOLD]
    upload.done += len(lines)
    changed = list(_COUNTERS)
    if upload.done >= upload.total or not lines:
        upload.state, upload.data = Upload.State.DONE, b""
        changed.append("data")
    upload.save(update_fields=changed)
