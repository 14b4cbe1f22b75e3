"""Draining: listed entries of a run, newest first, fetched, read and stored.

    LISTED ── metadata ──> COPY, LEFT_OUT                       one commit a folder's share
                └────────> body ──> parsed ──> STORED           one commit a batch
                └────────> vain try, three times ──> FAILED

What is not committed is still LISTED, so a broken run goes on where it was.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from types import TracebackType
from typing import Self

from django.db.models import Q, QuerySet

from sync import ledger, runs
from sync.judging import Judgement, Wanted, judge_all, policy_of
from sync.models import Folder, LedgerEntry, Run
from sync.parse import Unread
from sync.renumbering import is_renumbered, remap
from sync.scope import sources_of
from sync.session import Session
from sync.storing import Storing
from sync.wire import (
    ConnectionLost,
    ConnectionTimedOut,
    Fetched,
    FolderMissing,
    FolderNotSelectable,
    MessageMissing,
    Metadata,
    ProtocolError,
)

# Entries whose metadata is asked for at once. The first window is small: somebody is waiting.
FIRST_WINDOW = 50
LARGEST_WINDOW = 4000
# A window that took longer is large enough.
STEP_SECONDS = 5.0
TRIES = 3
_CUT_OFF = (ConnectionLost, ConnectionTimedOut, ProtocolError)


def drain_to_the_end(session: Session, run: Run) -> bool:
    """Drain and finish a run; False when the time was up before the end."""
    with Drain(session, run) as draining:
        while draining.step():
            if session.out_of_time:
                draining.flush()
                return False
    with session.commit():
        runs.finish(run)
    return True


class Drain:
    """The draining of one run within a session; a context manager."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self._window = FIRST_WINDOW
        # Where the last window ended: its entries may still be on their way to the database.
        self._before: tuple[datetime, int] | None = None
        self._storing = Storing(session)
        self._sources = {source.folder.pk: source for source in sources_of(run)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._storing.close()

    def step(self) -> bool:
        """One window; False when nothing is left. Raises WireError and LeaseLost.

        A message that makes the server hang up must not stop all others: after a cut the window
        is halved, until the one message is alone, and tried three times.
        """
        entries = self._next_window()
        if not entries:
            return False
        began = time.monotonic()
        try:
            self._drain(entries)
        except _CUT_OFF as error:
            self._start_over()
            if len(entries) == 1:
                self._give_up_on(entries, error.code)
            self._session.connection.noop()
            self._window = max(1, len(entries) // 2)
        except BaseException:
            self._storing.forget()
            raise
        else:
            quick = time.monotonic() - began < STEP_SECONDS
            self._window = min(4 * self._window, LARGEST_WINDOW) if quick else self._window
        return True

    def flush(self) -> None:
        """All that was fetched is committed when this returns."""
        self._storing.flush()

    def _next_window(self) -> list[LedgerEntry]:
        """The next entries; at the end once more those that were put off on the way."""
        entries = list(self._listed()[: self._window])
        if not entries and self._before is not None:
            self.flush()
            self._before = None
            entries = list(self._listed()[: self._window])
        if entries:
            self._before = entries[-1].arrived_at, entries[-1].uid
        return entries

    def _listed(self) -> QuerySet[LedgerEntry]:
        listed = LedgerEntry.objects.filter(run=self._run, state=LedgerEntry.State.LISTED)
        if self._before is not None:
            at, uid = self._before
            listed = listed.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, uid__lt=uid))
        return listed.order_by("-arrived_at", "-uid").select_related("folder")

    def _start_over(self) -> None:
        self._session.hang_up()
        self._storing.forget()
        self._before = None

    def _drain(self, entries: Sequence[LedgerEntry]) -> None:
        by_folder = sorted(entries, key=lambda entry: entry.folder_id)
        for _, share in groupby(by_folder, key=lambda entry: entry.folder_id):
            self._drain_folder(list(share))
        # Somebody may be waiting for the first few.
        self._storing.send()

    def _drain_folder(self, entries: list[LedgerEntry]) -> None:
        folder = entries[0].folder
        source = self._sources.get(folder.pk)
        if source is None:
            with self._session.commit():
                ledger.leave_out([entry.pk for entry in entries], LedgerEntry.Reason.LABEL)
            return
        try:
            status = self._session.opened(folder)
        except (FolderMissing, FolderNotSelectable) as error:
            self._leave_folder(folder, error)
            return
        if is_renumbered(folder, status):
            remap(self._session, source)
            return
        found = self._metadata(entries)
        judgement = judge_all(self._session.account, source, policy_of(self._run), found)
        self._record(judgement)
        for fetched, wanted in self._bodies(judgement.wanted):
            self._take(fetched, wanted)

    def _metadata(self, entries: list[LedgerEntry]) -> list[tuple[LedgerEntry, Metadata]]:
        by_uid = {entry.uid: entry for entry in entries}
        found, gone, broken = [], [], dict[str, list[int]]()
        for metadata in self._session.connection.metadata(sorted(by_uid)):
            entry = by_uid[metadata.uid]
            if metadata.missing:
                gone.append(entry.uid)
            elif metadata.error is not None:
                broken.setdefault(metadata.error.code, []).append(entry.pk)
            else:
                found.append((entry, metadata))
        if not gone and not broken:
            return found
        with self._session.commit():
            ledger.mark_expunged(entries[0].folder, gone)
            for code, pks in broken.items():
                ledger.count_a_try(pks, code, TRIES)
        return found

    def _record(self, judgement: Judgement) -> None:
        if not (judgement.copies or judgement.deleted or judgement.left_out):
            return
        with self._session.commit():
            ledger.mark_copies(judgement.copies)
            ledger.mark_deleted(judgement.deleted)
            for reason, entries in judgement.left_out.items():
                ledger.leave_out(entries, reason)

    def _bodies(self, wanted: list[Wanted]) -> Iterator[tuple[Fetched, list[Wanted]]]:
        """Newest first. Copies of one message are fetched once: those in another folder, whose
        message is on its way, are put off until it is here.
        """
        by_key: dict[bytes, list[Wanted]] = {}
        for one in wanted:
            if one.dedupe_key not in self._storing.under_way:
                by_key.setdefault(one.dedupe_key, []).append(one)
        by_uid = {same[0].metadata.uid: same for same in by_key.values()}
        newest_first = sorted(by_uid, key=lambda uid: by_uid[uid][0].arrived_at, reverse=True)
        items = [(uid, by_uid[uid][0].metadata.size) for uid in newest_first]
        for fetched in self._session.connection.bodies(items):
            yield fetched, by_uid[fetched.uid]

    def _take(self, fetched: Fetched, wanted: list[Wanted]) -> None:
        if fetched.missing or fetched.error is not None:
            code = fetched.error.code if fetched.error else MessageMissing.code
            with self._session.commit():
                ledger.count_a_try([one.entry for one in wanted], code, TRIES)
            return
        self._storing.add(_unread(fetched), wanted)

    def _give_up_on(self, entries: Sequence[LedgerEntry], code: str) -> None:
        with self._session.commit():
            ledger.count_a_try([entry.pk for entry in entries], code, TRIES)

    def _leave_folder(self, folder: Folder, error: FolderMissing | FolderNotSelectable) -> None:
        """What cannot be opened any more has failed, with the server's reason."""
        with self._session.commit():
            folder.selectable = False
            folder.save(update_fields=["selectable"])
            self._run.entries.filter(folder=folder, state=LedgerEntry.State.LISTED).update(
                state=LedgerEntry.State.FAILED, problem=error.code
            )


def _unread(fetched: Fetched) -> Unread:
    if fetched.parts is not None:
        return Unread(fetched.parts.header, fetched.parts.texts, fetched.parts.attachments)
    return Unread(fetched.raw or b"")
