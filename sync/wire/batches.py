"""UID FETCH of many messages: several commands in flight, refused ones halved, none forgotten."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sync.wire.attribution import Attribution
from sync.wire.channel import Channel, refusal, status, unreadable
from sync.wire.errors import CommandRefused, ProtocolError, WireError
from sync.wire.reader import Response
from sync.wire.tokens import Items, Malformed
from sync.wire.uidsets import UidRange, range_set, uid_set


@dataclass(slots=True)
class Batch:
    """`what` is asked about `uids`; an answer holds all of `wanted`."""

    uids: Sequence[int]
    what: bytes
    wanted: frozenset[bytes]
    # Something came that could not be told apart: what seems missing may be there.
    doubtful: bool = False


@dataclass(slots=True)
class Answer:
    """About one UID: `items`, or an `error`, or neither where the message is not there."""

    uid: int
    batch: Batch
    items: Items = field(default_factory=dict)
    error: WireError | None = None

    @property
    def missing(self) -> bool:
        return not self.items and self.error is None


class Fetching:
    """Exactly one answer for each UID of each batch. UIDs in flight must be distinct."""

    def __init__(self, channel: Channel, depth: int) -> None:
        self._channel = channel
        self._depth = depth
        self._first: deque[Batch] = deque()
        self._running: dict[bytes, Batch] = {}
        self._expected: dict[int, Batch] = {}
        self._attribution = Attribution(self._wanted)

    def ask_first(self, batch: Batch) -> None:
        """Send this batch before those that the iterator still has."""
        self._first.append(batch)

    def run(self, batches: Iterator[Batch]) -> Iterator[Answer]:
        """Raises Throttled, ServerTroubled and what ends a connection."""
        exchange = self._channel.exchange()
        while True:
            while len(self._running) < self._depth:
                batch = self._first.popleft() if self._first else next(batches, None)
                if batch is None:
                    break
                tag = exchange.send(b"UID FETCH", uid_set(batch.uids), batch.what)
                self._running[tag] = batch
                self._expected.update(dict.fromkeys(batch.uids, batch))
            if not self._running:
                return
            response = exchange.receive()
            if response.tag == b"*":
                answer = self._answer(response)
                if answer is not None:
                    yield answer
            elif response.tag in self._running:
                yield from self._rest(self._running.pop(response.tag), response)

    def _wanted(self, uid: int) -> frozenset[bytes] | None:
        batch = self._expected.get(uid)
        return None if batch is None else batch.wanted

    def _answer(self, response: Response) -> Answer | None:
        try:
            found = self._attribution.take(response)
        except Malformed as error:
            batch = self._expected.pop(error.uid, None) if error.uid else None
            if batch is None or error.uid is None:
                self._doubt()
                return None
            return Answer(error.uid, batch, error=unreadable(error))
        if found is None:
            return None
        uid, items = found
        return Answer(uid, self._expected.pop(uid), items)

    def _doubt(self) -> None:
        for batch in self._running.values():
            batch.doubtful = True

    def _rest(self, batch: Batch, done: Response) -> Iterator[Answer]:
        """What the command did not bring: halved and asked again, until it is one message."""
        left = [uid for uid in batch.uids if self._expected.get(uid) is batch]
        for uid in left:
            del self._expected[uid]
            self._attribution.forget(uid)
        error = refusal(done) if status(done) != "OK" else None
        if error is not None and (error.transient or not isinstance(error, CommandRefused)):
            raise error
        if self._attribution.drop_nameless():
            batch.doubtful = True
            self._doubt()
        if (error is not None or batch.doubtful) and len(batch.uids) > 1:
            self._halve(left, batch)
            return
        if batch.doubtful and error is None:
            error = ProtocolError("The server did not say which message its answer is about.")
        yield from (Answer(uid, batch, error=error) for uid in left)

    def _halve(self, left: list[int], batch: Batch) -> None:
        middle = len(left) // 2
        for part in (left[:middle], left[middle:]):
            if part:
                self._first.append(Batch(part, batch.what, batch.wanted))


def fetch_range(
    channel: Channel, uid_range: UidRange, what: bytes, wanted: frozenset[bytes], *more: bytes
) -> Iterator[tuple[int, Items]]:
    """All messages in the range, in one command.

    Raises CommandRefused where it is refused, and ProtocolError where part of the answer could
    not be read; in both cases after all that could be read, and the connection goes on.
    """
    first, last = uid_range
    attribution = Attribution(lambda uid: wanted)
    unread: Malformed | None = None
    exchange = channel.exchange()
    tag = exchange.send(b"UID FETCH", range_set(uid_range), what, *more)
    while (response := exchange.receive()).tag != tag:
        try:
            found = attribution.take(response)
        except Malformed as error:
            unread = error
            continue
        # `n:*` also names the last message below n.
        if found and found[0] >= first and (last is None or found[0] <= last):
            yield found
    if status(response) != "OK":
        raise refusal(response)
    if unread is not None or attribution.drop_nameless():
        raise unreadable(unread or Malformed("data without a UID"))
