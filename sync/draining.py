"""Draining: listed entries of a run, newest first, fetched, read and stored.

    LISTED ── metadata ──> COPY, LEFT_OUT                       one commit a folder's share
                └────────> body ──> read ──> STORED, COPY       one commit a batch
                └────────> vain try, three times ──> FAILED

A run that wants all of a folder asks for the bodies at once. What is not committed is still
LISTED, so a broken run goes on where it was.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from types import TracebackType
from typing import Self

from django.db.models import Q

from sync import ledger, runs
from sync.about import about
from sync.halting import Halt
from sync.judging import Judgement, Wanted, judge_all, policy_of, unjudged
from sync.ledger import Entry
from sync.models import Coverage, Folder, LedgerEntry, Run
from sync.parse import Unread
from sync.renumbering import is_renumbered, remap
from sync.scope import Source, sources_of
from sync.session import Session
from sync.storing import Storing
from sync.wire import (
    ConnectionLost,
    ConnectionTimedOut,
    Fetched,
    FolderMissing,
    FolderNotSelectable,
    Metadata,
    ProtocolError,
)

logger = logging.getLogger(__name__)
# Entries that are asked for at once. The first window is small: somebody is waiting, of a first
# sync for anything at all, which must be smaller still where no body comes before all metadata.
FIRST_WINDOW = 400
VERY_FIRST_WINDOW = 50
LARGEST_WINDOW = 10_000
# A window that took longer is large enough.
STEP_SECONDS = 5.0
TRIES = 3
_CUT_OFF = (ConnectionLost, ConnectionTimedOut, ProtocolError)


def drain_to_the_end(session: Session, run: Run) -> bool:
    """Drain and finish a run; False when there is more to do, or to list once more."""
    with about(run=run.pk):
        with Drain(session, run) as draining:
            while draining.step():
                if draining.halt.is_due:
                    draining.flush()
                    return False
        if run.is_to_be_listed:
            return False
        with session.commit():
            runs.finish(run)
        session.runs += 1
        logger.info("The run has ended (%s).", run.kind)
    return True


class Drain:
    """The draining of one run within a session; a context manager."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self._sources = {source.folder.pk: source for source in sources_of(run)}
        bodies_first = run.kind != Run.Kind.INITIAL or all(
            map(self._wants_all, self._sources.values())
        )
        self._window = FIRST_WINDOW if bodies_first else VERY_FIRST_WINDOW
        # Where the last window ended: its entries may still be on their way to the database.
        self._before: tuple[datetime, int] | None = None
        self._policy = policy_of(run)
        self._storing = Storing(session, restore=run.restore)
        self.halt = Halt(session, run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._storing.close()
        self.halt.share.note()

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
                self._count_a_try([entries[0].pk], error.code)
            self._session.connection.noop()
            self._window = max(1, len(entries) // 2)
        except BaseException:
            self._storing.forget()
            raise
        else:
            quick = time.monotonic() - began < STEP_SECONDS
            self._window = min(8 * self._window, LARGEST_WINDOW) if quick else self._window
        return True

    def flush(self) -> None:
        """All that was fetched is committed when this returns."""
        self._storing.flush()

    def _next_window(self) -> list[Entry]:
        """The next entries; at the end once more those that were put off on the way."""
        entries = self._listed()
        if not entries and self._before is not None:
            self.flush()
            self._before = None
            entries = self._listed()
        if entries:
            self._before = entries[-1].arrived_at, entries[-1].uid
        return entries

    def _listed(self) -> list[Entry]:
        listed = LedgerEntry.objects.filter(run=self._run, state=LedgerEntry.State.LISTED)
        if self._before is not None:
            at, uid = self._before
            listed = listed.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, uid__lt=uid))
        newest_first = listed.order_by("-arrived_at", "-uid")
        rows = newest_first.values_list("pk", "folder_id", "uid", "arrived_at", "size", "seen")
        return [Entry(*row) for row in rows[: self._window]]

    def _start_over(self) -> None:
        self._session.hang_up()
        self._storing.forget()
        self._before = None

    def _drain(self, entries: Sequence[Entry]) -> None:
        by_folder = sorted(entries, key=lambda entry: entry.folder_id)
        for _, share in groupby(by_folder, key=lambda entry: entry.folder_id):
            self._drain_folder(list(share))
            if self.halt.is_due:
                break
        # Somebody may be waiting for the first few.
        self._storing.send()

    def _drain_folder(self, entries: list[Entry]) -> None:
        source = self._sources.get(entries[0].folder_id)
        if source is None:
            self._leave_out(entries)
            return
        folder = source.folder
        try:
            if is_renumbered(folder, self._session.opened(folder)):
                remap(self._session, source)
                self._run.refresh_from_db(fields=["sources", "listed_at"])
                return
        except (FolderMissing, FolderNotSelectable) as error:
            self._leave_folder(folder, error)
            return
        wanted = (
            unjudged(source, entries) if self._wants_all(source) else self._judged(source, entries)
        )
        self._fetch(folder, wanted)

    def _leave_out(self, entries: list[Entry]) -> None:
        """Of a folder that is no source any more."""
        folder = Folder.objects.get(pk=entries[0].folder_id)
        if folder.missing_since is not None:
            self._leave_folder(folder, FolderMissing())
            return
        if not folder.selectable:
            self._leave_folder(folder, FolderNotSelectable())
            return
        with self._session.commit():
            ledger.leave_out([entry.pk for entry in entries], LedgerEntry.Reason.LABEL)
            self._uncover(folder)

    def _wants_all(self, source: Source) -> bool:
        """Whether everything listed of the folder is to be stored, and hardly any of it is here.

        Where the server identifies messages, its word must be asked for first.
        """
        offered = self._session.connection.capabilities
        return (
            self._run.kind in (Run.Kind.INITIAL, Run.Kind.PAST)
            and self._run.scope == Coverage.Scope.EVERYONE
            and not source.labels
            and not (offered.gmail or offered.objectid)
        )

    def _judged(self, source: Source, entries: list[Entry]) -> list[Wanted]:
        found = self._metadata(source.folder, entries)
        judgement = judge_all(self._session.account, source, self._policy, found)
        self._record(judgement)
        return self._not_under_way(judgement.wanted)

    def _metadata(self, folder: Folder, entries: list[Entry]) -> list[tuple[Entry, Metadata]]:
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
            ledger.mark_expunged(folder, gone)
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

    def _not_under_way(self, wanted: list[Wanted]) -> list[Wanted]:
        """Those in another folder, whose message is on its way, are put off until it is here."""
        return [one for one in wanted if one.dedupe_key not in self._storing.under_way]

    def _fetch(self, folder: Folder, wanted: list[Wanted]) -> None:
        """Newest first. Copies of one message are fetched once."""
        by_key: dict[bytes, list[Wanted]] = {}
        for one in wanted:
            by_key.setdefault(one.dedupe_key or b"%d" % one.uid, []).append(one)
        by_uid = {same[0].uid: same for same in by_key.values()}
        newest_first = sorted(by_uid, key=lambda uid: by_uid[uid][0].arrived_at, reverse=True)
        items = [(uid, by_uid[uid][0].size) for uid in newest_first]
        gone = []
        for fetched in self._session.connection.bodies(self.halt.until_due(items)):
            same = by_uid[fetched.uid]
            if fetched.missing:
                gone.append(fetched.uid)
            elif fetched.error is not None:
                self._count_a_try([one.entry for one in same], fetched.error.code)
            else:
                self._storing.add(_unread(fetched, same[0]), same)
        if gone:
            with self._session.commit():
                ledger.mark_expunged(folder, gone)

    def _count_a_try(self, entries: list[int], code: str) -> None:
        with self._session.commit():
            ledger.count_a_try(entries, code, TRIES)

    def _leave_folder(self, folder: Folder, error: FolderMissing | FolderNotSelectable) -> None:
        """What cannot be opened any more has failed, with the server's reason."""
        self._session.set_aside(folder, error)
        with self._session.commit():
            self._run.entries.filter(folder=folder, state=LedgerEntry.State.LISTED).update(
                state=LedgerEntry.State.FAILED, problem=error.code
            )
            self._uncover(folder)

    def _uncover(self, folder: Folder) -> None:
        """Once it can be opened again, or is chosen again, it is listed anew."""
        run = self._run
        Coverage.objects.filter(folder=folder).delete()
        run.sources = [pair for pair in run.sources if pair[0] != folder.pk]
        run.save(update_fields=["sources"])


def _unread(fetched: Fetched, wanted: Wanted) -> Unread:
    known = wanted.size, wanted.arrived_at
    if fetched.parts is not None:
        return Unread(fetched.parts.header, *known, fetched.parts.texts, fetched.parts.attachments)
    return Unread(fetched.raw or b"", *known)
