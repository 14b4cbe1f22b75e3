"""The completeness certificate: what the server has, label by label, and what is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crm_inbox.views.mailboxes.reason_words import LEFT_OUT
from sync import inquiries, problems
from sync.models import Account, Inquiry, Run


@dataclass(frozen=True)
class Line:
    """One label, or all of them; `left_out` are a reason, its words and how many."""

    name: str
    folder: int | None
    server: int
    here: int
    trashed: int
    waiting: int
    failed: int
    missing: int
    left_out: list[tuple[str, str, int]]
    problem: problems.Problem | None = None

    @property
    def left_out_count(self) -> int:
        return sum(count for _, _, count in self.left_out)

    @property
    def whole(self) -> bool:
        return not (self.missing or self.failed or self.problem)


class Certificate:
    """The last check of an account that was finished, and the one that is under way."""

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def newest(self) -> Inquiry | None:
        return inquiries.newest(self.account, Inquiry.Kind.CHECK).first()

    @property
    def checking(self) -> Inquiry | None:
        return self.newest if self.newest and self.newest.is_open else None

    @property
    def problem(self) -> problems.Problem | None:
        failed = self.newest and self.newest.state == Inquiry.State.FAILED
        return problems.explain(self.newest.problem) if self.newest and failed else None

    @cached_property
    def checked(self) -> Inquiry | None:
        done = inquiries.newest(self.account, Inquiry.Kind.CHECK)
        return done.filter(state=Inquiry.State.DONE).first()

    @property
    def is_old(self) -> bool:
        """Has mail been fetched since that is not counted yet?"""
        if self.checked is None or self.checked.finished_at is None:
            return False
        kinds = (Run.Kind.INITIAL, Run.Kind.PAST, Run.Kind.PICKED)
        later = self.account.runs.filter(finished_at__gt=self.checked.finished_at)
        return later.filter(kind__in=kinds).exists()

    @property
    def answer(self) -> dict[str, Any]:
        return dict(self.checked.answer) if self.checked else {}

    @cached_property
    def lines(self) -> list[Line]:
        return [_line(line) for line in self.answer.get("lines", ())]

    @property
    def apart(self) -> list[Mapping[str, Any]]:
        return list(self.answer.get("apart", ()))

    @property
    def apart_count(self) -> int:
        return sum(one["server"] for one in self.apart)

    @cached_property
    def total(self) -> Line:
        """Of all labels together; a message with several labels counts with each of them."""
        sums = {
            name: sum(getattr(line, name) for line in self.lines)
            for name in ("server", "here", "trashed", "waiting", "failed", "missing")
        }
        reasons: dict[str, int] = {}
        for line in self.lines:
            for reason, _, count in line.left_out:
                reasons[reason] = reasons.get(reason, 0) + count
        return Line("", None, left_out=list(_reasons(reasons)), **sums)

    @property
    def to_fetch(self) -> int:
        return self.total.missing + self.total.failed


def _line(kept: Mapping[str, Any]) -> Line:
    return Line(
        name=kept["name"],
        folder=kept["folder"],
        server=kept["server"],
        here=kept["here"],
        trashed=kept["trashed"],
        waiting=kept["waiting"],
        failed=kept["failed"],
        missing=len(kept["missing"]),
        left_out=list(_reasons(kept["left_out"])),
        problem=problems.explain(kept["problem"]) if kept["problem"] else None,
    )


def _reasons(counts: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    for reason in sorted(counts, key=lambda reason: -counts[reason]):
        yield reason, str(LEFT_OUT[reason]), counts[reason]
