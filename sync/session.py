"""A worker's time with an account: its lease, its connection, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Self

from django.db import connection as database
from django.db import transaction

from sync.connecting import LONGEST_SECONDS, connect
from sync.leases import Lease
from sync.models import Account, Folder, News
from sync.wire import (
    Connection,
    FolderMissing,
    FolderNotSelectable,
    FolderStatus,
    WireError,
    search,
)


class Session:
    """Connects when somebody asks for the connection; a context manager that hangs up."""

    def __init__(
        self, account: Account, lease: Lease, seconds: float, *, urgent: bool = False
    ) -> None:
        self.account = account
        self.lease = lease
        self._urgent = urgent
        self._deadline = time.monotonic() + seconds
        # Then its connection is cut off, and there is no other one.
        self._ends = self._deadline + LONGEST_SECONDS
        # What is heard from this moment of the database's clock on interrupts; None: nothing.
        self._listens_from: datetime | None = None
        # There is newer mail than this slice has seen.
        self.interrupted = False
        self._connection: Connection | None = None
        self._open: tuple[int, FolderStatus] | None = None
        # For the administrators' numbers.
        self.stored = self.commands = self.runs = 0
        # Why a folder was set aside; the others are synced all the same.
        self.trouble: WireError | None = None
        # Folders that had been set aside were tried again.
        self.relisted = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.hang_up()

    @property
    def out_of_time(self) -> bool:
        """Time to stop between two commits: the slice is over, or there is newer mail."""
        return self.interrupted or self.is_over

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def listen(self) -> datetime:
        """From now on news of the account interrupts; the moment, by the database's clock."""
        with database.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
        self._listens_from, self.interrupted = moment, False
        return moment

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            left = self._ends - time.monotonic()
            self._connection = connect(self.account, self._urgent, left)
        return self._connection

    def hang_up(self) -> None:
        """The next use connects again."""
        if self._connection is not None:
            self._connection.close()
            self.commands += self._connection.commands
        self._connection = self._open = None

    def look_into(self, raw_name: bytes) -> FolderStatus:
        """Open a folder that may have no row yet."""
        self._open = None
        return self.connection.examine(raw_name)

    def examine(self, folder: Folder) -> FolderStatus:
        """Open the folder anew, and tell how it is now."""
        status = self.connection.examine(bytes(folder.raw_name))
        self._open = (folder.pk, status)
        return status

    def opened(self, folder: Folder) -> FolderStatus:
        """The folder's state when it was opened; open it where another one is."""
        if self._open is None or self._open[0] != folder.pk:
            return self.examine(folder)
        return self._open[1]

    def before_listing(self, folder: Folder) -> tuple[FolderStatus, int]:
        """The folder opened anew, and the UID that its next message gets.

        Some servers tell no UIDNEXT, others one that lags behind: where messages are beyond it,
        it is asked for again, since they may just have come.
        """
        status = self.examine(folder)
        last = self._last_uid(status.uidnext or 1)
        if status.uidnext and last:
            status = self.examine(folder)
        return status, max(status.uidnext or 1, last + 1)

    def _last_uid(self, first: int) -> int:
        return max(self.connection.search_uids(search.ALL, (first, None)), default=0)

    def set_aside(self, folder: Folder, error: FolderMissing | FolderNotSelectable) -> None:
        """It cannot be used now; the next LIST says whether it is there at all."""
        if isinstance(error, FolderNotSelectable):
            error.detail = f"{folder.name}: {error.detail}" if error.detail else folder.name
            self.trouble = error
        with self.commit():
            folder.selectable = False
            folder.save(update_fields=["selectable"])

    @contextmanager
    def commit(self) -> Iterator[None]:
        """A transaction that is only committed while the lease is ours. Raises LeaseLost."""
        with transaction.atomic():
            self.lease.check_in_commit()
            yield
        if self._listens_from is not None and News.later_than(self.account, self._listens_from):
            self.interrupted = True
