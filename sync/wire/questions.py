"""Questions with long answers, read as they come: STATUS of many folders, flags, metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from sync.wire.batches import Batch, Fetching, fetch_range
from sync.wire.channel import Channel, Text, status, unreadable
from sync.wire.errors import CommandRefused, ProtocolError, WireError
from sync.wire.folders import folder_refusal, read_status, status_name
from sync.wire.model import Flags, FolderStatus
from sync.wire.reader import Response
from sync.wire.search import Criteria, read_uids, search_arguments
from sync.wire.tokens import Items, Malformed
from sync.wire.uidsets import UidRange, chunks

# UIDs in a command: a refused one is halved, so not too many.
_BATCH = 500

Record = TypeVar("Record", bound=Flags)
StatusAnswer: TypeAlias = tuple[bytes, FolderStatus | WireError]


def statuses(
    channel: Channel, raw_names: Iterable[bytes], what: bytes, depth: int
) -> Iterator[StatusAnswer]:
    """One answer for each folder, about in order. Raises what concerns the whole connection."""
    names = iter(dict.fromkeys(raw_names))
    exchange = channel.exchange()
    running: dict[bytes, bytes] = {}
    answers: dict[bytes, Response] = {}
    alone = []
    while True:
        while len(running) < depth and (name := next(names, None)) is not None:
            if Text(name).quotable:
                running[exchange.send(b"STATUS", Text(name), what)] = name
            else:
                alone.append(name)
        if not running:
            break
        response = exchange.receive()
        asked = running.pop(response.tag, None)
        if asked is None:
            answers[status_name(response)] = response
        elif status(response) == "OK" and asked not in answers:
            # The server writes the name in another way.
            alone.append(asked)
        else:
            yield asked, _status(response, [answers[asked]] if asked in answers else [])
    for name in alone:
        exchange = channel.exchange()
        exchange.send(b"STATUS", Text(name), what)
        yield name, _status(*exchange.rest())


def _status(done: Response, untagged: list[Response]) -> FolderStatus | WireError:
    if status(done) != "OK":
        error = folder_refusal(done)
        if error.transient:
            raise error
        return error
    try:
        found = read_status(untagged)
    except Malformed as error:
        return unreadable(error)
    return found or ProtocolError("No STATUS came.")


def search(
    channel: Channel, criteria: Criteria | str | bytes, uid_range: UidRange | None, esearch: bool
) -> list[int]:
    """UIDs, ascending; those outside of the range left out (`n:*` names one below n)."""
    try:
        _, untagged = channel.command(*search_arguments(criteria, uid_range, esearch))
    except CommandRefused as error:
        if uid_range is None or error.transient:
            raise
        # Some servers refuse ranges that begin past the last message.
        _, untagged = channel.command(*search_arguments(criteria, None, esearch))
    try:
        found = read_uids(untagged)
    except Malformed as error:
        raise unreadable(error) from error
    first, last = uid_range or (1, None)
    return sorted(uid for uid in found if uid >= first and (last is None or uid <= last))


@dataclass(frozen=True)
class Question(Generic[Record]):
    """`what` is asked; an answer holds `wanted`, and `read` makes a `record` of it."""

    what: bytes
    wanted: frozenset[bytes]
    record: type[Record]
    read: Callable[[int, Items], Record]

    def by_uid(self, channel: Channel, depth: int, uids: Iterable[int]) -> Iterator[Record]:
        """One record for each UID."""
        distinct = list(dict.fromkeys(uids))
        batches = (Batch(chunk, self.what, self.wanted) for chunk in chunks(distinct, _BATCH))
        for answer in Fetching(channel, depth).run(batches):
            if answer.items:
                yield self.read(answer.uid, answer.items)
            else:
                yield self.record(answer.uid, missing=answer.missing, error=answer.error)

    def by_range(self, channel: Channel, depth: int, uid_range: UidRange) -> Iterator[Record]:
        """Everything in the range; what the server refuses or garbles is asked for by UID."""
        seen: set[int] = set()
        try:
            for uid, items in fetch_range(channel, uid_range, self.what, self.wanted):
                if uid not in seen:
                    seen.add(uid)
                    yield self.read(uid, items)
        except (CommandRefused, ProtocolError) as error:
            if error.transient or not channel.alive:
                raise
            left = set(search(channel, b"ALL", uid_range, esearch=False)) - seen
            yield from self.by_uid(channel, depth, sorted(left))

    def changed(
        self, channel: Channel, depth: int, uid_range: UidRange, modseq: int
    ) -> Iterator[Record]:
        """Those of the range that changed after `modseq` (RFC 7162, 3.1.4.1).

        All of the range where the server refuses or garbles that.
        """
        since = b"(CHANGEDSINCE %d)" % modseq
        try:
            for uid, items in fetch_range(channel, uid_range, self.what, self.wanted, since):
                yield self.read(uid, items)
        except (CommandRefused, ProtocolError) as error:
            if error.transient or not channel.alive:
                raise
            yield from self.by_range(channel, depth, uid_range)
