"""The conversations that match a search best, the newest of many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchRank
from django.db.models import F, QuerySet
from django.utils import timezone

from sync.finding import Wanted
from sync.models import Thread

# Of more conversations than that only the newest are compared, so that a word of nearly every mail
# costs no more than any other.
COMPARED = 500
# ts_rank's weights of D, C, B, A: the text and file names, recipients, the sender, the subject.
_WEIGHTS = [0.1, 0.2, 0.5, 1.0]
# After so many days a match counts half, after twice as many a third: what is old and is exactly
# what was asked for still comes before what is new and only mentions it.
_HALF_DAYS = 365


def best(owner: User, threads: QuerySet[Thread], wanted: Wanted) -> list[int]:
    """Ids of the best of these conversations; each is worth what its best message is."""
    newest = threads.order_by("-last_message_at", "-pk").values_list("pk", flat=True)
    candidates = list(newest[:COMPARED])
    query = wanted.text_query()
    if query is None:
        return candidates
    rank = SearchRank(F("search__vector"), query, weights=_WEIGHTS, normalization=1)
    found = wanted.messages(owner).filter(thread__in=candidates)
    return _sorted(candidates, found.values_list("thread_id", rank, "arrived_at"), timezone.now())


def _sorted(
    candidates: list[int], ranked: Iterable[tuple[int, float, datetime]], now: datetime
) -> list[int]:
    scores = dict.fromkeys(candidates, 0.0)
    for thread, rank, moment in ranked:
        days = max(0.0, (now - moment).total_seconds() / 86_400)
        scores[thread] = max(scores[thread], rank / (1 + days / _HALF_DAYS))
    # Equal ones stay newest first.
    return sorted(candidates, key=lambda thread: -scores[thread])
