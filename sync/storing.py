"""Reading and storing beside the fetching.

While one batch is fetched, the one before it is read by another process, and a thread writes the
one before that.
"""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection

from sync import mending
from sync.arrival import arrival_of
from sync.judging import Wanted
from sync.parse import Unread
from sync.reading import give_back, take_reader
from sync.rows import MessageRows
from sync.session import Session
from sync.store import store

# Messages in a commit, and bytes of what was fetched, whichever is reached first. Few in the
# first one: somebody may be waiting for it.
FIRST_BATCH = 25
BATCH = 300
BATCH_SIZE = 3 * 1024 * 1024
# Batches that may be on their way: what bounds the memory.
WAITING = 3


@dataclass(slots=True)
class _Batch:
    most: int = BATCH
    letters: list[Unread] = field(default_factory=list)
    # For each letter the ledger's entries that are copies of it.
    wanted: list[list[Wanted]] = field(default_factory=list)
    size: int = 0

    def add(self, unread: Unread, wanted: list[Wanted]) -> None:
        self.letters.append(unread)
        self.wanted.append(wanted)
        self.size += len(unread.raw) + sum(len(text.data) for text in unread.texts or ())

    @property
    def full(self) -> bool:
        return len(self.letters) >= self.most or self.size >= BATCH_SIZE

    @property
    def keys(self) -> set[bytes]:
        return {key for wanted in self.wanted for key in _keys(wanted)}


def _keys(wanted: list[Wanted]) -> set[bytes]:
    return {one.dedupe_key for one in wanted if one.dedupe_key}


class Storing:
    """Takes in what was fetched, writes it in batches, one commit each. Raises LeaseLost."""

    def __init__(self, session: Session, *, restore: bool) -> None:
        """`restore`: what was deleted comes back."""
        self._session = session
        self._restore = restore
        self._reader = take_reader()
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="storing")
        self._writer.submit(_do_not_wait_for_the_disk)
        self._batch = _Batch(FIRST_BATCH)
        self._writing: deque[tuple[Future[None], set[bytes]]] = deque()
        # Keys of the messages that were taken in and are not committed yet.
        self.under_way: set[bytes] = set()

    def add(self, unread: Unread, wanted: list[Wanted]) -> None:
        """A message and all its wanted copies."""
        self._batch.add(unread, wanted)
        self.under_way |= _keys(wanted)
        if self._batch.full:
            self.send()

    def flush(self) -> None:
        """Everything taken in is committed when this returns."""
        self.send()
        self._wait(0)

    def forget(self) -> None:
        """After an error: what is not committed is fetched again another time."""
        self._batch = _Batch()
        for writing, _ in self._writing:
            writing.exception()
        self._writing.clear()
        self.under_way.clear()

    def close(self) -> None:
        self._writer.submit(_hang_up)
        self._reading.shutdown()
        self._writer.shutdown()
        give_back(self._reader)

    def send(self) -> None:
        """Send what was taken in on its way, whatever it is."""
        if not self._batch.letters:
            return
        self._wait(WAITING - 1)
        batch, self._batch = self._batch, _Batch()
        read = self._reading.submit(self._reader.read, batch.letters)
        writing = self._writer.submit(self._store, read, batch.wanted)
        self._writing.append((writing, batch.keys))

    def _wait(self, most: int) -> None:
        """Until at most so many batches are on their way."""
        while self._writing and (len(self._writing) > most or self._writing[0][0].done()):
            writing, keys = self._writing.popleft()
            writing.result()
            self.under_way -= keys

    def _store(self, read: Future[list[MessageRows]], wanted: list[list[Wanted]]) -> None:
        account = self._session.account
        arrivals = [
            arrival_of(*pair, account.own_addresses)
            for pair in zip(read.result(), wanted, strict=True)
        ]
        if damaged := mending.damaged(account, arrivals):
            with self._session.commit():
                mending.mend(account, damaged)
        with self._session.commit():
            stored = store(account, arrivals, restore=self._restore)
        self._session.stored += stored


def _do_not_wait_for_the_disk() -> None:
    """A power cut may undo this thread's last commits, as a whole and in order: the ledger with
    the mail.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _hang_up() -> None:
    """Each thread has a database connection of its own, which nobody else closes."""
    connection.close()
