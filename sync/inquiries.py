"""Questions about a mailbox, answered beside the sync over a connection of their own.

    ask ──> WAITING ──> RUNNING: the answer grows ──> DONE, or FAILED with the server's problem
                           └── CANCELLED by the person who asked

Nothing is written but the answer, so no lease is needed, and a worker that dies costs a repetition.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from sync import completeness, explaining, preview, problems
from sync.connecting import connect
from sync.models import Account, Inquiry
from sync.report import Report, Withdrawn
from sync.secrets import SecretUnreadable
from sync.wire import Connection, WireError

State = Inquiry.State
# A worker that has not been heard of for so long is dead: a silent server is waited for a minute.
LOST_AFTER = timedelta(seconds=150)
# For one answer, in seconds.
LONGEST_SECONDS = 600
# Answers are kept for so long, the newest of a kind for ever.
KEPT = timedelta(days=30)

Answering = Callable[[Account, dict[str, Any], Connection, Report], None]
_ANSWERS: dict[str, Answering] = {
    Inquiry.Kind.PREVIEW: preview.answer,
    Inquiry.Kind.CHECK: completeness.answer,
    Inquiry.Kind.FIND: explaining.answer,
}


def ask(account: Account, kind: Inquiry.Kind, asked: dict[str, Any]) -> Inquiry:
    """A new question; what is open of its kind is withdrawn, but for the same question."""
    still_open = account.inquiries.filter(kind=kind, state__in=Inquiry.OPEN)
    if same := still_open.filter(asked=asked).first():
        return same
    still_open.update(state=State.CANCELLED, finished_at=timezone.now())
    return account.inquiries.create(kind=kind, asked=asked)


def cancel(inquiry: Inquiry) -> None:
    """What is known of the answer stays."""
    Inquiry.objects.filter(pk=inquiry.pk, state__in=Inquiry.OPEN).update(
        state=State.CANCELLED, finished_at=timezone.now()
    )


def answer(pk: int) -> None:
    """Find the answer, unless somebody else does."""
    inquiry = _claim(pk)
    if inquiry is None:
        return
    report = Report(inquiry)
    try:
        with connect(inquiry.account, seconds=LONGEST_SECONDS) as connection:
            _ANSWERS[inquiry.kind](inquiry.account, inquiry.asked, connection, report)
    except Withdrawn:
        return
    except WireError as error:
        report.end(State.FAILED, error.code)
    except SecretUnreadable:
        report.end(State.FAILED, problems.SECRET_UNREADABLE)
    else:
        report.end(State.DONE)


def lost() -> list[int]:
    """Questions whose worker never came, or died."""
    long_ago = timezone.now() - LOST_AFTER
    return list(
        Inquiry.objects.filter(state__in=Inquiry.OPEN, created_at__lt=long_ago)
        .filter(_unheard(long_ago))
        .values_list("pk", flat=True)
    )


def forget_old() -> None:
    newest = Inquiry.objects.order_by("account", "kind", "-created_at").distinct("account", "kind")
    old = Inquiry.objects.filter(created_at__lt=timezone.now() - KEPT)
    old.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()


def newest(account: Account, kind: Inquiry.Kind) -> QuerySet[Inquiry]:
    return account.inquiries.filter(kind=kind).order_by("-created_at", "-pk")


def _claim(pk: int) -> Inquiry | None:
    """By compare-and-swap: a task may run twice."""
    free = Q(state=State.WAITING) | Q(state=State.RUNNING) & _unheard(timezone.now() - LOST_AFTER)
    claimed = Inquiry.objects.filter(free, pk=pk).update(
        state=State.RUNNING, heard_at=timezone.now(), done=0, total=None, answer={}
    )
    found = Inquiry.objects.select_related("account").filter(pk=pk)
    return found.first() if claimed else None


def _unheard(long_ago: Any) -> Q:
    return Q(heard_at=None) | Q(heard_at__lt=long_ago)
