"""UID sets as commands need them: ascending, runs folded, short (RFC 3501, 9, sequence-set)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

# Characters; some servers refuse longer ones, Dovecot those above 64 KB.
SET_LENGTH = 1000

UidRange = tuple[int, int | None]


def uid_set(uids: Iterable[int]) -> bytes:
    """`1:3,7` for [7, 1, 2, 3]."""
    return b",".join(_runs(sorted(set(uids))))


def range_set(uid_range: UidRange) -> bytes:
    """`5:9`; with an open end `5:*`, which names the last message even where its UID is below 5."""
    first, last = uid_range
    return b"%d:*" % first if last is None else b"%d:%d" % (first, last)


def chunks(uids: Sequence[int], most: int) -> Iterator[list[int]]:
    """Pieces of at most `most` UIDs in their order, each short enough as a set."""
    piece: list[int] = []
    length = 0
    for uid in uids:
        width = len(str(uid)) + 1
        if piece and (len(piece) >= most or length + width > SET_LENGTH):
            # The length is that of a set without runs; with runs there may be room for more.
            length = len(uid_set(piece))
            if len(piece) >= most or length + width > SET_LENGTH:
                yield piece
                piece, length = [], 0
        piece.append(uid)
        length += width
    if piece:
        yield piece


def _runs(ascending: list[int]) -> Iterator[bytes]:
    start = 0
    for index in range(1, len(ascending) + 1):
        if index == len(ascending) or ascending[index] != ascending[index - 1] + 1:
            first, last = ascending[start], ascending[index - 1]
            yield b"%d" % first if first == last else b"%d:%d" % (first, last)
            start = index
