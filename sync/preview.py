"""What a past sync would bring, found out before it is begun.

    for each source: what of the period is missing ──> SEARCH ──> sizes and headers ──> counted

What is here already is not counted: neither by the ledger, nor a copy in another folder.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from sync import judging, listing, runs
from sync.models import Account, Coverage, LedgerEntry, Run
from sync.parse import parse_headers
from sync.plan import Known, Period
from sync.renumbering import is_renumbered
from sync.report import Report
from sync.scope import Source, sources
from sync.wire import WHOLE_LIMIT, Connection, Metadata, WireError

# Messages that are looked up in the database at once.
_BATCH = 500
# Messages and bytes a second where this account has brought too few to tell.
_TYPICAL_MESSAGES = 60.0
_TYPICAL_BYTES = 1_500_000.0
# Seconds that a sync takes until its first message comes.
_START = 3.0
# A run says something about the speed from so many messages on.
_TELLING = 100


@dataclass
class Preview:
    """Messages that would come; `size` and `fetched` in bytes, since large ones come in parts."""

    messages: int = 0
    with_contacts: int = 0
    size: int = 0
    fetched: int = 0
    # Deleted in the CRM: they stay out unless they are to be restored.
    deleted: int = 0
    seconds: float = 0
    # Folders that could not be looked into.
    unread_folders: int = 0


@dataclass
class _Counting:
    account: Account
    run: Run
    result: Preview = field(default_factory=Preview)
    keys: set[bytes] = field(default_factory=set)

    def take(self, found: Sequence[Metadata]) -> None:
        read = [(one, parse_headers(one.headers)) for one in found]
        keyed = {
            judging.key_of(one, headers, one.internaldate): (one, headers) for one, headers in read
        }
        known = judging.known_messages(self.account, list(keyed))
        people = {key: judging.people_of(self.account, pair[1]) for key, pair in keyed.items()}
        contacts = judging.contacts_among({who for some in people.values() for who in some})
        for key, (one, _) in keyed.items():
            if key not in self.keys:
                self.keys.add(key)
                self._count(one, not contacts.isdisjoint(people[key]), known.get(key, (0, "no"))[1])

    def _count(self, one: Metadata, with_contact: bool, known: Known) -> None:
        if known in ("here", "damaged"):
            return
        if self.run.scope == Coverage.Scope.CONTACTS and not with_contact:
            return
        if known == "tombstone":
            self.result.deleted += 1
            if not self.run.restore:
                return
        self.result.messages += 1
        self.result.with_contacts += with_contact
        self.result.size += one.size
        self.result.fetched += min(one.size, WHOLE_LIMIT)


def asked_for(months: int, scope: str, restore: bool) -> dict[str, Any]:
    """The question, as an inquiry keeps it."""
    return {"months": months, "scope": scope, "restore": restore}


def answer(account: Account, asked: dict[str, Any], connection: Connection, report: Report) -> None:
    """Count what `runs.start_past_sync` would bring. Raises WireError and Withdrawn."""
    began = time.monotonic()
    run = Run(
        account=account,
        kind=Run.Kind.PAST,
        scope=asked["scope"],
        since=runs.months_before(timezone.now(), asked["months"]),
        restore=asked["restore"],
    )
    counting = _Counting(account, run)
    result = counting.result
    lacking, total = [], 0
    for source in sources(account):
        if (period := listing.missing(source, run)) is not None:
            uids = _candidates(connection, run, source, period, result)
            lacking.append((source, period, uids))
            total += len(uids)
            report.tell(asdict(result), 0, total)
    done, pace = 0, _pace(account)
    for source, period, uids in lacking:
        if uids:
            connection.examine(bytes(source.folder.raw_name))
        for found in _batches(connection.metadata(uids) if uids else iter(())):
            done += len(found)
            counting.take([one for one in found if _fits(one, source, period)])
            result.seconds = expected_seconds(pace, result, time.monotonic() - began)
            report.tell(asdict(result), done, total)
    result.seconds = expected_seconds(pace, result, time.monotonic() - began)
    report.tell(asdict(result), total, total)


def expected_seconds(pace: float | None, result: Preview, looking: float) -> float:
    """Looking takes as long as it did just now; then messages come as fast as they did before.

    `pace` is in messages a second, None where it is not known yet.
    """
    if not result.messages:
        return 0
    by_count = result.messages / (pace or _TYPICAL_MESSAGES)
    by_size = 0.0 if pace else result.fetched / _TYPICAL_BYTES
    return _START + looking + max(by_count, by_size)


def _pace(account: Account) -> float | None:
    """Messages a second of the account's last runs that brought enough to tell."""
    recent = account.runs.filter(
        state=Run.State.DONE,
        kind__in=(Run.Kind.INITIAL, Run.Kind.PAST),
        listed_at__lt=F("finished_at"),
    ).order_by("-finished_at")
    paces = []
    for run in recent[:3]:
        stored = run.entries.filter(state=LedgerEntry.State.STORED).count()
        if stored >= _TELLING and run.finished_at and run.listed_at:
            paces.append(stored / (run.finished_at - run.listed_at).total_seconds())
    return sum(paces) / len(paces) if paces else None


def _candidates(
    connection: Connection, run: Run, source: Source, period: Period, result: Preview
) -> list[int]:
    """UIDs of the period, at most a day more on both sides, that the ledger does not hold."""
    folder = source.folder
    try:
        status = connection.examine(bytes(folder.raw_name))
        criteria = listing.criteria_of(period)
        uids = set(connection.search_uids(criteria))
        if source.labels:
            labelled = (connection.search_uids(each) for each in source.criteria())
            uids &= {uid for some in labelled for uid in some}
        with_contacts = listing.ask_for_contacts(connection, run, criteria)
    except WireError as error:
        if error.transient:
            raise
        result.unread_folders += 1
        return []
    if with_contacts is not None:
        uids &= with_contacts
    if is_renumbered(folder, status):
        return sorted(uids)
    known = LedgerEntry.objects.filter(folder=folder, uidvalidity=folder.uidvalidity or 0)
    settled = Q(state__in=(LedgerEntry.State.STORED, LedgerEntry.State.LISTED))
    return sorted(uids.difference(known.filter(settled).values_list("uid", flat=True)))


def _fits(one: Metadata, source: Source, period: Period) -> bool:
    if one.missing or one.error is not None:
        return False
    return source.carries(one) and listing.is_within(one.internaldate, period)


def _batches(found: Iterator[Metadata]) -> Iterator[list[Metadata]]:
    batch: list[Metadata] = []
    for one in found:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
