"""Message content: whole where it is small, header and text parts where it is large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sync.parse.model import AttachmentInfo
from sync.wire.batches import Answer, Batch, Fetching
from sync.wire.channel import Channel, unreadable
from sync.wire.errors import MessageMissing, ProtocolError
from sync.wire.model import Fetched, PartialMessage
from sync.wire.structure import Leaf, sort_parts
from sync.wire.tokens import Malformed
from sync.wire.uidsets import SET_LENGTH

# Bytes. Up to here one answer with everything is cheaper than two with the text alone.
WHOLE_LIMIT = 128 * 1024
# Fetched of one text part; nobody reads more.
TEXT_PART_LIMIT = 1024 * 1024
# A message whose structure the server cannot tell comes whole up to this.
UNSTRUCTURED_LIMIT = 16 * 1024 * 1024
# Bytes asked for at a time where somebody waits and wants to see how far it is.
PIECE = 512 * 1024
# Messages in a command: few at first, so that the newest are seen at once.
FIRST_BATCH = 25
LARGEST_BATCH = 100
BATCH_BYTES = 4 * 1024 * 1024

_WHOLE = b"(UID BODY.PEEK[])"
_WHOLE_WANTED = frozenset((b"UID", b"BODY[]"))
_STRUCTURE = b"(UID BODYSTRUCTURE BODY.PEEK[HEADER])"
_STRUCTURE_WANTED = frozenset((b"UID", b"BODYSTRUCTURE", b"BODY[HEADER]"))


@dataclass(slots=True)
class _Parts:
    """A large message of which the texts are still to come."""

    header: bytes
    texts: list[Leaf]
    attachments: list[AttachmentInfo]


class Bodies:
    """One `Fetched` for each (UID, size in bytes), about in the order given.

    The items are taken as there is room on the line for them: where they end early, nothing more
    is asked for.
    """

    def __init__(self, channel: Channel, depth: int) -> None:
        self._fetching = Fetching(channel, depth)
        self._sizes: dict[int, int] = {}
        self._parts: dict[int, _Parts] = {}
        self._supply = _Supply(())

    def fetch(self, items: Iterable[tuple[int, int]]) -> Iterator[Fetched]:
        self._supply = _Supply(self._noted(items))
        for answer in self._fetching.run(self._supply):
            fetched = self._fetched(answer)
            if fetched is not None:
                yield fetched

    def _noted(self, items: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for uid, size in items:
            self._sizes[uid] = size
            yield uid, size

    def _fetched(self, answer: Answer) -> Fetched | None:
        """None where more has been asked about the message."""
        uid, what = answer.uid, answer.batch.what
        if answer.missing:
            return Fetched(uid, missing=True)
        if what == _WHOLE:
            return _whole(answer)
        if what == _STRUCTURE:
            return self._structured(answer)
        return self._texts(answer)

    def _structured(self, answer: Answer) -> Fetched | None:
        error, texts = answer.error, list[Leaf]()
        header = answer.items.get(b"BODY[HEADER]")
        try:
            if error is None:
                texts, attachments = sort_parts(answer.items[b"BODYSTRUCTURE"])
        except Malformed as malformed:
            error = unreadable(malformed)
        if error is not None or not isinstance(header, bytes):
            if self._sizes[answer.uid] > UNSTRUCTURED_LIMIT:
                return Fetched(answer.uid, error=error or ProtocolError("No header came."))
            self._fetching.ask_first(Batch([answer.uid], _WHOLE, _WHOLE_WANTED))
            return None
        if not texts:
            return Fetched(answer.uid, parts=PartialMessage(header, (), tuple(attachments)))
        self._parts[answer.uid] = _Parts(header, texts, attachments)
        self._supply.ask_for_texts(answer.uid, texts)
        return None

    def _texts(self, answer: Answer) -> Fetched:
        known = self._parts.pop(answer.uid)
        if answer.error is not None:
            return Fetched(answer.uid, error=answer.error)
        texts = []
        for leaf in known.texts:
            data = answer.items[b"BODY[%s]" % leaf.section.encode()]
            texts.append(leaf.text(data if isinstance(data, bytes) else b""))
        parts = PartialMessage(known.header, tuple(texts), tuple(known.attachments))
        return Fetched(answer.uid, parts=parts)


def fetch_pieces(channel: Channel, uid: int, section: str) -> Iterator[bytes]:
    """The same, PIECE bytes at a time, until a shorter one ends it (RFC 3501, 6.4.5)."""
    offset = 0
    while True:
        piece = fetch_one(channel, uid, section, b"<%d.%d>" % (offset, PIECE))
        yield piece
        offset += len(piece)
        if len(piece) != PIECE:
            # Longer: a server that does not know how to give a part of a part.
            return


def fetch_one(channel: Channel, uid: int, section: str, octets: bytes = b"") -> bytes:
    """A whole message (section "") or one part, or some octets of it. Raises MessageMissing."""
    name = section.encode()
    wanted = frozenset((b"UID", b"BODY[%s]" % name))
    batch = Batch([uid], b"(UID BODY.PEEK[%s]%s)" % (name, octets), wanted)
    (answer,) = Fetching(channel, 1).run(iter((batch,)))
    if answer.error is not None:
        raise answer.error
    data = answer.items.get(b"BODY[%s]" % name)
    if not isinstance(data, bytes):
        raise MessageMissing
    return data


def _whole(answer: Answer) -> Fetched:
    if answer.error is not None:
        return Fetched(answer.uid, error=answer.error)
    raw = answer.items[b"BODY[]"]
    if not isinstance(raw, bytes):
        return Fetched(answer.uid, error=ProtocolError("The server gave no content."))
    return Fetched(answer.uid, raw=raw)


class _Supply(Iterator[Batch]):
    """What to ask next. Texts are asked for in groups of messages that are built alike."""

    def __init__(self, items: Iterable[tuple[int, int]]) -> None:
        self._planned = _batches(items)
        self._groups: dict[bytes, Batch] = {}

    def ask_for_texts(self, uid: int, texts: Sequence[Leaf]) -> None:
        sections = [leaf.section.encode() for leaf in texts]
        asked = b" ".join(b"BODY.PEEK[%s]<0.%d>" % (each, TEXT_PART_LIMIT) for each in sections)
        wanted = frozenset((b"UID", *(b"BODY[%s]" % each for each in sections)))
        group = self._groups.setdefault(asked, Batch([], b"(UID %s)" % asked, wanted))
        group.uids = [*group.uids, uid]

    def __next__(self) -> Batch:
        """StopIteration only says that there is nothing to ask at this moment."""
        for asked, group in self._groups.items():
            if len(group.uids) >= FIRST_BATCH:
                return self._groups.pop(asked)
        batch = next(self._planned, None)
        if batch is not None:
            return batch
        if self._groups:
            return self._groups.pop(next(iter(self._groups)))
        raise StopIteration


def _batches(items: Iterable[tuple[int, int]]) -> Iterator[Batch]:
    most = FIRST_BATCH
    small: list[int] = []
    large: list[int] = []
    small_bytes = small_length = 0
    for uid, size in items:
        if size > WHOLE_LIMIT:
            large.append(uid)
            if len(large) == FIRST_BATCH:
                yield Batch(large, _STRUCTURE, _STRUCTURE_WANTED)
                large = []
            continue
        width = len(str(uid)) + 1
        full = len(small) >= most or small_bytes + size > BATCH_BYTES
        if small and (full or small_length + width > SET_LENGTH):
            if large:
                # Now rather than at the end, where their texts would be waited for alone.
                yield Batch(large, _STRUCTURE, _STRUCTURE_WANTED)
                large = []
            yield Batch(small, _WHOLE, _WHOLE_WANTED)
            most = min(2 * most, LARGEST_BATCH)
            small, small_bytes, small_length = [], 0, 0
        small.append(uid)
        small_bytes += size
        small_length += width
    if small:
        yield Batch(small, _WHOLE, _WHOLE_WANTED)
    if large:
        yield Batch(large, _STRUCTURE, _STRUCTURE_WANTED)
