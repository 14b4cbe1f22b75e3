"""Which accounts a worker is asked for, and in which queue. The queue is only a hint.

    live    a look for new mail: short, and some workers do nothing else
    first   the first sync, labels chosen anew, more new mail than a look can take in
    past    past emails, slice by slice

All that is to be done stands in the database, so a queue that is lost, or asked twice, costs
nothing. Accounts are claimed in one statement, skipping those that somebody else claims at this
moment: two beats ask for each of them once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from sync import allowance
from sync.models import Account, News, Run, Watch

Queue = Literal["live", "first", "past"]
# By then a worker that was asked for has come, or the request is lost.
LIVE_SECONDS = 60
OTHERS_SECONDS = 120
# Accounts claimed in one statement.
AT_ONCE = 500
_BEFORE_LOOKS = (Run.Kind.INITIAL, Run.Kind.CATCH_UP)


@dataclass(frozen=True, slots=True)
class Request:
    """A worker is wanted for the account, before `seconds` have passed."""

    account_id: int
    queue: Queue
    seconds: int


def claim_due(accounts: Iterable[int] | None = None) -> list[Request]:
    """Everything that is to be done and not asked for yet; of these accounts only, or of all."""
    _poll(accounts)
    return [*_claim_looks(accounts), *_claim_runs(accounts)]


def forget_queued(accounts: Iterable[int] | None = None) -> None:
    """What was asked for is lost, or too slow for somebody who waits."""
    _of(News.objects.exclude(queued_until=None), accounts).update(queued_until=None)
    rows = Account.objects.exclude(queued_until=None)
    (rows if accounts is None else rows.filter(pk__in=accounts)).update(queued_until=None)


def begin(account_id: int, queue: Queue) -> None:
    """A worker has come: from now on it may be asked for another one."""
    if queue == "live":
        News.objects.filter(account=account_id).update(queued_until=None)
    else:
        Account.objects.filter(pk=account_id).update(queued_until=None)


def lag() -> float:
    """How long the oldest news has waited for a look, in seconds; none of what waits on purpose."""
    waiting = News.objects.filter(account__state=Account.State.ACTIVE, account__retry_at=None)
    longest = waiting.aggregate(longest=Now() - Min("heard_at"))["longest"]
    return longest.total_seconds() if longest else 0.0


def oldest_requests() -> dict[Queue, float]:
    """For how many seconds the oldest request of each queue has waited; 0 where none waits."""
    now = timezone.now()
    looks = News.objects.filter(queued_until__gt=now).aggregate(oldest=Min("queued_until"))
    runs = Account.objects.filter(queued_until__gt=now)
    past = Exists(Run.objects.filter(account=OuterRef("pk"), state__in=Run.ACTIVE, kind="past"))
    oldest = {
        "live": (looks["oldest"], LIVE_SECONDS),
        "first": (
            runs.filter(~past).aggregate(oldest=Min("queued_until"))["oldest"],
            OTHERS_SECONDS,
        ),
        "past": (runs.filter(past).aggregate(oldest=Min("queued_until"))["oldest"], OTHERS_SECONDS),
    }
    return {
        cast(Queue, queue): max(0.0, given - (until - now).total_seconds()) if until else 0.0
        for queue, (until, given) in oldest.items()
    }


def _poll(accounts: Iterable[int] | None) -> None:
    """Who was not looked at for long is news; longer where a watcher hears what happens."""
    polled = Now() - timedelta(seconds=settings.SYNC_POLL_SECONDS)
    long_ago = Now() - timedelta(seconds=settings.SYNC_WATCHED_POLL_SECONDS)
    unwatched = ~Exists(Watch.awake().filter(account=OuterRef("pk")))
    found = _workable(accounts).exclude(first_sync_done_at=None).filter(news=None)
    due = found.filter(
        Q(checked_at=None)
        | Q(checked_at__lte=long_ago)
        | (Q(checked_at__lte=polled) & Q(unwatched))
    )
    if pks := list(due.values_list("pk", flat=True)[:AT_ONCE]):
        News.hear(pks)


@transaction.atomic
def _claim_looks(accounts: Iterable[int] | None) -> list[Request]:
    busy = Run.objects.filter(
        account=OuterRef("account"), kind__in=(*_BEFORE_LOOKS, Run.Kind.LIVE), state__in=Run.ACTIVE
    )
    free = Q(queued_until=None) | Q(queued_until__lte=Now())
    rows = News.objects.filter(
        free, ~Exists(busy), account__in=_workable(accounts).exclude(first_sync_done_at=None)
    )
    locked = rows.order_by("heard_at").select_for_update(skip_locked=True, of=("self",))
    pks = list(locked.values_list("pk", flat=True)[:AT_ONCE])
    News.objects.filter(pk__in=pks).update(queued_until=_in(LIVE_SECONDS))
    return [Request(pk, "live", LIVE_SECONDS) for pk in pks]


@transaction.atomic
def _claim_runs(accounts: Iterable[int] | None) -> list[Request]:
    active = Run.objects.filter(account=OuterRef("pk"), state__in=Run.ACTIVE)
    is_past = ~Exists(active.exclude(kind=Run.Kind.PAST))
    free = Q(queued_until=None) | Q(queued_until__lte=Now())
    rows = _workable(accounts).filter(free, Exists(active))
    rows = rows.exclude(allowance.used_up() & Q(is_past))
    queue = Case(When(is_past, then=Value("past")), default=Value("first"))
    # Whose turn has not come in time goes before those who were just served.
    in_turn = rows.order_by(F("queued_until").asc(nulls_last=True), "pk")
    locked = in_turn.select_for_update(skip_locked=True, of=("self",))
    found = list(locked.annotate(queue=queue).values_list("pk", "queue")[:AT_ONCE])
    Account.objects.filter(pk__in=[pk for pk, _ in found]).update(queued_until=_in(OTHERS_SECONDS))
    return [Request(pk, queue, OTHERS_SECONDS) for pk, queue in found]


def _workable(accounts: Iterable[int] | None) -> QuerySet[Account]:
    """Those that a worker may take now."""
    rows = Account.objects.filter(
        Q(lease_until=None) | Q(lease_until__lte=Now()),
        Q(retry_at=None) | Q(retry_at__lte=Now()),
        state=Account.State.ACTIVE,
    )
    return rows if accounts is None else rows.filter(pk__in=accounts)


def _of(rows: QuerySet[News], accounts: Iterable[int] | None) -> QuerySet[News]:
    return rows if accounts is None else rows.filter(account__in=accounts)


def _in(seconds: int) -> object:
    return Now() + timedelta(seconds=seconds)
