"""Storing beside the fetching: a thread writes one batch while the next one is read."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from sync.arrival import Arrival
from sync.session import Session
from sync.store import store

# Messages in a commit, and characters of text, whichever is reached first.
BATCH = 200
BATCH_SIZE = 4 * 1024 * 1024
# Batches that may wait for the writer: what bounds the memory.
WAITING = 4


class Storing:
    """Takes arrivals in, writes them in batches, one commit each. Raises LeaseLost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="storing")
        self._batch: list[Arrival] = []
        self._size = 0
        self._writing: deque[tuple[Future[None], list[Arrival]]] = deque()
        # Keys of the messages that were taken in and are not committed yet.
        self.under_way: set[bytes] = set()

    def add(self, arrival: Arrival) -> None:
        self._batch.append(arrival)
        self.under_way.add(arrival.dedupe_key)
        self._size += len(arrival.parsed.text) + len(arrival.parsed.html)
        if len(self._batch) >= BATCH or self._size >= BATCH_SIZE:
            self.send()

    def flush(self) -> None:
        """Everything taken in is committed when this returns."""
        self.send()
        self._wait(0)

    def forget(self) -> None:
        """After an error: what is not committed is fetched again another time."""
        self._batch, self._size = [], 0
        for writing, _ in self._writing:
            writing.exception()
        self._writing.clear()
        self.under_way.clear()

    def close(self) -> None:
        self._writer.submit(_hang_up)
        self._writer.shutdown()

    def send(self) -> None:
        """Hand what was taken in to the writer, whatever it is."""
        if not self._batch:
            return
        self._wait(WAITING - 1)
        self._writing.append((self._writer.submit(self._store, self._batch), self._batch))
        self._batch, self._size = [], 0

    def _wait(self, most: int) -> None:
        """Until at most so many batches wait for the writer."""
        while self._writing and (len(self._writing) > most or self._writing[0][0].done()):
            writing, batch = self._writing.popleft()
            writing.result()
            self.under_way.difference_update(arrival.dedupe_key for arrival in batch)

    def _store(self, batch: list[Arrival]) -> None:
        with self._session.commit():
            _do_not_wait_for_the_disk()
            store(self._session.account, batch)


def _do_not_wait_for_the_disk() -> None:
    """A power cut may undo the last commits, as a whole and in order: the ledger with the mail."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _hang_up() -> None:
    """Each thread has a database connection of its own, which nobody else closes."""
    connection.close()
