"""Why a message of the mailbox is here or is not: the reason, and what can be done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q

from sync import completeness, judging, picking
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Thread
from sync.picking import Place
from sync.scope import sources

State, Reason = LedgerEntry.State, LedgerEntry.Reason


class Why(StrEnum):
    """The reasons, the most telling first: of several copies of a message that one is said."""

    HERE = "here"
    TRASHED = "trashed"
    WAITING = "waiting"
    ARRIVING = "arriving"
    DELETED = "deleted"
    FAILED = "failed"
    MISSING = "missing"
    NOT_CONTACT = "not_contact"
    TOO_OLD = "too_old"
    LABEL = "label"


@dataclass(frozen=True)
class Facts:
    """What is known about a UID. `row` is the ledger's state, "" where it has none."""

    row: str = ""
    reason: str = ""
    message: str = ""
    carries: bool = True
    uid: int = 0
    uidnext: int | None = None
    at: datetime | None = None
    since: datetime | None = None


def why(facts: Facts) -> Why:
    """The first line that fits wins.

    =========================================  ===========
    the message is in the trash here           TRASHED
    the message is here, by whatever copy      HERE
    it is to be fetched                        WAITING
    it was deleted here for good               DELETED
    it could not be read, or only in part      FAILED
    it was thought gone, and is there          MISSING
    left out                                   its reason
    without a row: nothing chosen on it        LABEL
    its folder was not looked at yet           WAITING
    it came after the last look                ARRIVING
    older than what was synced                 TOO_OLD
    otherwise                                  MISSING
    =========================================  ===========
    """
    if facts.message in (Why.TRASHED, Why.HERE):
        return Why(facts.message)
    if facts.row == State.LISTED:
        return Why.WAITING
    if facts.message == Why.DELETED:
        return Why.DELETED
    if State.FAILED in (facts.row, facts.message):
        return Why.FAILED
    if facts.row == State.LEFT_OUT:
        return Why.MISSING if facts.reason == Reason.GONE else Why(facts.reason)
    if not facts.carries:
        return Why.LABEL
    if facts.uidnext is None or facts.since is None:
        return Why.WAITING
    if facts.uid >= facts.uidnext:
        return Why.ARRIVING
    if facts.at is not None and facts.at < facts.since:
        return Why.TOO_OLD
    return Why.MISSING


@dataclass(frozen=True)
class Explained:
    """A message that was found at the provider; `copies` are its hits as an inquiry kept them."""

    copies: list[Mapping[str, Any]]
    why: Why
    folders: list[str]
    at: datetime
    thread: int | None = None
    problem: str = ""
    # Left out as being with nobody, and somebody in it is a contact now.
    contact_since: bool = False

    @property
    def hit(self) -> Mapping[str, Any]:
        return self.copies[0]


@dataclass(frozen=True)
class _Known:
    state: str
    thread: int


def explain(account: Account, hits: Sequence[Mapping[str, Any]]) -> list[Explained]:
    """A line for each message, newest first, as things stand now."""
    rows = _rows(hits)
    asked = picking.asked_for(account)
    messages = _messages(account, hits)
    windows = _windows(account, {hit["folder"] for hit in hits})
    contacts = judging.contacts_among({who for hit in hits for who in hit["people"]})
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    for hit in hits:
        by_key.setdefault(hit["key"], []).append(hit)
    found = [
        _explained(copies, rows, asked, messages.get(key), windows, contacts)
        for key, copies in by_key.items()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _explained(
    copies: list[Mapping[str, Any]],
    rows: Mapping[Place, LedgerEntry],
    asked: Collection[Place],
    message: _Known | None,
    windows: Mapping[int, tuple[Folder, datetime | None]],
    contacts: set[str],
) -> Explained:
    order = list(Why)
    reasons = [(why(_facts(hit, rows, asked, message, windows)), hit) for hit in copies]
    reasons.sort(key=lambda pair: order.index(pair[0]))
    reason, first = reasons[0]
    row = rows.get(_place(first))
    is_here = message is not None and message.state != Why.DELETED
    return Explained(
        copies=[hit for _, hit in reasons],
        why=reason,
        folders=[windows[hit["folder"]][0].name for hit in copies if hit["folder"] in windows],
        at=datetime.fromisoformat(first["at"]),
        thread=message.thread if message and is_here else None,
        problem=row.problem if row and reason == Why.FAILED else "",
        contact_since=reason == Why.NOT_CONTACT and not contacts.isdisjoint(first["people"]),
    )


def _facts(
    hit: Mapping[str, Any],
    rows: Mapping[Place, LedgerEntry],
    asked: Collection[Place],
    message: _Known | None,
    windows: Mapping[int, tuple[Folder, datetime | None]],
) -> Facts:
    row = rows.get(_place(hit))
    folder, since = windows.get(hit["folder"], (None, None))
    on_its_way = _place(hit) in asked
    return Facts(
        row=State.LISTED if on_its_way else row.state if row else "",
        reason=row.reason if row else "",
        message=message.state if message else "",
        carries=hit["carries"],
        uid=hit["uid"],
        uidnext=folder.uidnext if folder else None,
        at=datetime.fromisoformat(hit["at"]),
        since=since,
    )


def _place(hit: Mapping[str, Any]) -> Place:
    return hit["folder"], hit["uidvalidity"], hit["uid"]


def _rows(hits: Iterable[Mapping[str, Any]]) -> dict[Place, LedgerEntry]:
    by_folder: dict[tuple[int, int], list[int]] = {}
    for hit in hits:
        by_folder.setdefault((hit["folder"], hit["uidvalidity"]), []).append(hit["uid"])
    wanted = Q(pk=None)
    for (folder, uidvalidity), uids in by_folder.items():
        wanted |= Q(folder=folder, uidvalidity=uidvalidity, uid__in=uids)
    found = LedgerEntry.objects.filter(wanted)
    return {(row.folder_id, row.uidvalidity, row.uid): row for row in found}


def _messages(account: Account, hits: Iterable[Mapping[str, Any]]) -> dict[str, _Known]:
    keys = [bytes.fromhex(hit["key"]) for hit in hits]
    found = Message.objects.filter(account=account, dedupe_key__in=keys).values_list(
        "dedupe_key", "thread", "tombstone_since", "thread__state", "quality"
    )
    return {
        bytes(key).hex(): _Known(_state(tombstone is not None, state, quality), thread)
        for key, thread, tombstone, state, quality in found
    }


def _state(tombstone: bool, thread: str, quality: str) -> str:
    if tombstone:
        return Why.DELETED
    if thread == Thread.State.TRASHED:
        return Why.TRASHED
    return Why.FAILED if quality == Message.Quality.STUB else Why.HERE


def _windows(account: Account, folders: Iterable[int]) -> dict[int, tuple[Folder, datetime | None]]:
    """Each folder, and since when what is chosen of it should be here."""
    pairs = {source.folder.pk: source.pairs() for source in sources(account)}
    rows = {folder.pk: folder for folder in account.folders.filter(pk__in=list(folders))}
    return {pk: (folder, _since(folder, pairs.get(pk, []))) for pk, folder in rows.items()}


def _since(folder: Folder, pairs: Iterable[tuple[int, int | None]]) -> datetime | None:
    found = (
        completeness.covered_since(folder, label, *Coverage.Scope.values) for _, label in pairs
    )
    return min((since for since in found if since), default=None)
