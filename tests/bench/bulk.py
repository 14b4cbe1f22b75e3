"""Archiving everything that a filter shows, beside the bare UPDATE of as many rows."""

from __future__ import annotations

import time

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from sync import bulk
from sync.models import Thread
from tests.bench.filling import OWNER

State = Thread.State


def archive(most: int) -> float:
    """Seconds of "Select all that match, Archive", up to `most`; then it is undone."""
    owner = User.objects.get(username=OWNER)
    began = time.perf_counter()
    action = bulk.act(owner, _matching(owner, most), State.ARCHIVED, timezone.now()).action
    while bulk.work(action, 60):
        pass
    seconds = time.perf_counter() - began
    bulk.undo(owner, action)
    while bulk.work(action, 60):
        pass
    _settle()
    return seconds


def bare_update(most: int) -> float:
    """Seconds of one UPDATE of the same rows; then it is undone."""
    owner = User.objects.get(username=OWNER)
    ids = list(_matching(owner, most).values_list("pk", flat=True))
    began = time.perf_counter()
    Thread.objects.filter(pk__in=_matching(owner, most).values("pk")).update(state=State.ARCHIVED)
    seconds = time.perf_counter() - began
    Thread.objects.filter(pk__in=ids).update(state=State.INBOX)
    _settle()
    return seconds


def _matching(owner: User, most: int) -> QuerySet[Thread]:
    """What the filter "From existing contact" shows, cut at an id so that it has `most` rows."""
    found = Thread.objects.filter(owner=owner, state=State.INBOX, from_contact=True)
    last = found.order_by("pk").values_list("pk", flat=True)[: most + 1][most - 1 :].first()
    return found.filter(pk__lte=last) if last else found


def _settle() -> None:
    """Both begin with a table as autovacuum keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE sync_thread")
        cursor.execute("CHECKPOINT")
