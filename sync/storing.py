"""Storing beside the fetching: a thread writes one batch while the next one is read."""

from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from sync.arrival import Arrival
from sync.session import Session
from sync.store import store

# Messages in a commit, and characters of text, whichever is reached first.
BATCH = 200
BATCH_SIZE = 4 * 1024 * 1024


class Storing:
    """Takes arrivals in, writes them in batches, one commit each. Raises LeaseLost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="storing")
        self._batch: list[Arrival] = []
        self._size = 0
        self._writing: Future[None] | None = None

    def add(self, arrival: Arrival) -> None:
        self._batch.append(arrival)
        self._size += len(arrival.parsed.text) + len(arrival.parsed.html)
        if len(self._batch) >= BATCH or self._size >= BATCH_SIZE:
            self._send()

    def flush(self) -> None:
        """Everything taken in is committed when this returns."""
        if self._batch:
            self._send()
        self._wait()

    def forget(self) -> None:
        """After an error: what was not sent yet is fetched again another time."""
        self._batch, self._size = [], 0
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.exception()

    def close(self) -> None:
        self._writer.submit(_hang_up)
        self._writer.shutdown()

    def _send(self) -> None:
        batch, self._batch, self._size = self._batch, [], 0
        self._wait()
        self._writing = self._writer.submit(self._store, batch)

    def _wait(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _store(self, batch: list[Arrival]) -> None:
        with self._session.commit():
            store(self._session.account, batch)


def _hang_up() -> None:
    """Each thread has a database connection of its own, which nobody else closes."""
    connection.close()
