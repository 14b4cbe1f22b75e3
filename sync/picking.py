"""Single messages that were asked for: what a repair fetches, and what a person imports.

A run keeps the UIDs, so that a worker that dies loses none; it lists them whatever their age and
label, and drains them like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import timezone

from sync import completeness, ledger
from sync.ledger import Line
from sync.models import Account, Coverage, Folder, LedgerEntry, Run
from sync.session import Session
from sync.wire import FolderMissing, FolderNotSelectable, FolderStatus

Scope = Coverage.Scope
# A folder's id, its UIDVALIDITY when the UIDs were seen, and the UIDs.
Pick = tuple[int, int, list[int]]
# The same of one message.
Place = tuple[int, int, int]


def pick(account: Account, picks: Sequence[Pick], scope: Scope, restore: bool = False) -> Run:
    """A run that fetches them; with `restore` also what was deleted here."""
    return account.runs.create(
        kind=Run.Kind.PICKED, scope=scope, restore=restore, picked=[list(one) for one in picks]
    )


def repair(account: Account, checked: dict[str, Any]) -> int:
    """Ask for what a check found missing, and once more for what could not be read.

    `checked` is the check's answer. What lies where only mail with contacts is synced comes only
    if it is with one. The number of messages.
    """
    picks: dict[Scope, list[Pick]] = {Scope.EVERYONE: [], Scope.CONTACTS: []}
    for line in checked.get("lines", ()):
        for scope, found in _lacking(account, line):
            picks[scope].append(found)
    for scope, some in picks.items():
        if some:
            pick(account, some, scope)
    return sum(len(uids) for some in picks.values() for *_, uids in some)


def asked_for(account: Account) -> set[Place]:
    """What is asked for and has not been fetched yet."""
    still_open = account.runs.filter(kind=Run.Kind.PICKED, state__in=Run.OPEN)
    return {
        (folder, uidvalidity, uid)
        for picked in still_open.values_list("picked", flat=True)
        for folder, uidvalidity, uids in picked
        for uid in uids
    }


def list_picked(session: Session, run: Run) -> None:
    """One ledger row for each UID that is still there; a commit a folder."""
    for folder_id, uidvalidity, uids in run.picked:
        folder = session.account.folders.filter(pk=folder_id).first()
        if folder is not None:
            _list_folder(session, run, folder, uidvalidity, uids)
    with session.commit():
        run.listed_at = timezone.now()
        run.save(update_fields=["listed_at"])


def _lacking(account: Account, line: dict[str, Any]) -> Iterator[tuple[Scope, Pick]]:
    contacts = set(line["among_contacts"])
    everyone = [uid for uid in line["missing"] if uid not in contacts]
    failed, failed_contacts = _failed(account, line)
    for scope, uids in (
        (Scope.EVERYONE, everyone + failed),
        (Scope.CONTACTS, sorted(contacts) + failed_contacts),
    ):
        if uids:
            yield scope, (line["folder"], line["uidvalidity"], uids)


def _failed(account: Account, line: dict[str, Any]) -> tuple[list[int], list[int]]:
    """UIDs that could not be read, and those of them in the time of contacts only."""
    folder = account.folders.filter(pk=line["folder"]).first()
    if folder is None or not line["failed"]:
        return [], []
    since = completeness.covered_since(folder, line["label"], Scope.EVERYONE)
    rows = LedgerEntry.objects.filter(
        folder=folder,
        uidvalidity=line["uidvalidity"],
        state=LedgerEntry.State.FAILED,
        expunged_at=None,
    )
    apart = rows.filter(arrived_at__lt=since) if since else rows
    contacts = set(apart.values_list("uid", flat=True))
    everyone = set(rows.values_list("uid", flat=True)) - contacts
    return sorted(everyone), sorted(contacts)


def _list_folder(
    session: Session, run: Run, folder: Folder, uidvalidity: int, uids: list[int]
) -> None:
    try:
        status = session.examine(folder)
    except (FolderMissing, FolderNotSelectable):
        return
    if not _is_same(folder, status, uidvalidity):
        return
    lines = [
        Line(one.uid, one.internaldate, one.size, "\\Seen" in one.flags)
        for one in session.connection.listing(sorted(set(uids)))
        if not one.missing
    ]
    with session.commit():
        if folder.uidvalidity is None:
            folder.uidvalidity = status.uidvalidity
            folder.save(update_fields=["uidvalidity"])
        ledger.enter(folder, run, lines)


def _is_same(folder: Folder, status: FolderStatus, uidvalidity: int) -> bool:
    """The UIDs mean what they meant when they were seen: nobody renumbered the folder since."""
    return (status.uidvalidity or 0) == uidvalidity and folder.uidvalidity in (
        None,
        status.uidvalidity,
    )
