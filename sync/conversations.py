"""Which conversation a message belongs to, decided from what it refers to. No Django.

A message ties itself to its own Message-ID and to every id it refers to, seen or not yet seen:
newest-first sync meets replies before their parents. Whatever shares a tie is one conversation.
Never by subject alone, and an empty Message-ID ties nothing (notmuch keeps such ghosts, too).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

DIGEST_BYTES = 16
# A server's own thread id and a Message-ID never share a digest.
_SERVER = b"server\0"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The outcome for one batch.

    `thread_of` has one entry a message, in order: a known thread's id, or a new thread as a
    negative number, -1 being the first. `ties` are the digests to be written with their thread.
    `merged` maps a known thread that ceases to the one that takes its messages.
    """

    thread_of: list[int]
    ties: dict[bytes, int]
    merged: dict[int, int]


def ties(message_id: str, references: Iterable[str], server_thread: str = "") -> list[bytes]:
    """Digests of everything the message is tied to; where the server groups, its word alone.

    X-GM-THRID (Gmail) and THREADID (RFC 8474) outrank what headers say: people see the same
    conversations here as at their provider.
    """
    if server_thread:
        return [_digest(_SERVER + server_thread.encode())]
    ids = dict.fromkeys(name for name in (message_id, *references) if name)
    return [_digest(name.encode("utf-8", "surrogateescape")) for name in ids]


def group(
    messages: Sequence[Sequence[bytes]],
    known: Mapping[bytes, int],
    sizes: Mapping[int, int],
) -> Grouping:
    """Group a batch of messages, each given by its ties.

    `known` maps ties met before to their threads, `sizes` has those threads' message counts:
    where a message ties two known threads, the smaller goes into the larger (the older id
    where they are equal), so that the fewest rows move.
    """
    forest = _Forest()
    for index, digests in enumerate(messages):
        forest.add(("message", index))
        for digest in digests:
            forest.join(("message", index), ("tie", digest))
            if digest in known:
                forest.join(("tie", digest), ("thread", known[digest]))

    kept: dict[object, int] = {}
    merged: dict[int, int] = {}
    for root, threads in _threads_by_root(forest, set(known.values())).items():
        keeper = min(threads, key=lambda thread: (-sizes.get(thread, 0), thread))
        kept[root] = keeper
        merged |= {thread: keeper for thread in threads if thread != keeper}

    thread_of: list[int] = []
    written: dict[bytes, int] = {}
    fresh = 0
    for index, digests in enumerate(messages):
        root = forest.root(("message", index))
        if root not in kept:
            fresh -= 1
            kept[root] = fresh
        thread = kept[root]
        thread_of.append(thread)
        written |= {digest: thread for digest in digests if digest not in known}
    return Grouping(thread_of, written, merged)


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=DIGEST_BYTES).digest()


def _threads_by_root(forest: "_Forest", threads: set[int]) -> dict[object, list[int]]:
    found: dict[object, list[int]] = {}
    for thread in sorted(threads):
        if forest.has(("thread", thread)):
            found.setdefault(forest.root(("thread", thread)), []).append(thread)
    return found


class _Forest:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self._parent: dict[object, object] = {}

    def add(self, node: object) -> None:
        self._parent.setdefault(node, node)

    def has(self, node: object) -> bool:
        return node in self._parent

    def root(self, node: object) -> object:
        parent = self._parent
        while parent[node] is not node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: object, other: object) -> None:
        self.add(one)
        self.add(other)
        self._parent[self.root(one)] = self.root(other)
