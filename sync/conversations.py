"""Which conversation a message belongs to, decided from what it refers to. No Django.

A message ties itself to its own Message-ID and to every id it refers to, seen or not yet seen:
newest-first sync meets replies before their parents. Whatever shares a tie is one conversation.
Never by subject alone, and an empty Message-ID ties nothing (notmuch keeps such ghosts, too).

What a person split or merged by hand outranks all of that (see sync.pinning).
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import blake2b

from sync import pinning
from sync.pinning import Names, Settled

DIGEST_BYTES = 16
# A server's own thread id and a Message-ID never share a digest.
_SERVER = b"server\0"
_KEY = b"key\0"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The outcome for one batch.

    `thread_of` has one entry a message, in order: a known thread's id, or a new thread as a
    negative number, -1 being the first. `ties` are the digests to be written with their thread.
    `merged` maps a known thread that ceases to the one that takes its messages. `pins` are ties
    that follow a person's choice.
    """

    thread_of: list[int]
    ties: dict[bytes, int]
    merged: dict[int, int]
    pins: dict[bytes, int] = field(default_factory=dict)


def ties(message_id: str, references: Iterable[str], server_thread: str = "") -> list[bytes]:
    """Digests of everything the message is tied to; where the server groups, its word alone.

    X-GM-THRID (Gmail) and THREADID (RFC 8474) outrank what headers say: people see the same
    conversations here as at their provider.
    """
    if server_thread:
        return [_digest(_SERVER + server_thread.encode())]
    ids = dict.fromkeys(name for name in (message_id, *references) if name)
    return [_digest(name.encode("utf-8", "surrogateescape")) for name in ids]


def names(of_header: Sequence[bytes], has_id: bool, dedupe_key: bytes) -> Names:
    """By what a person's choice knows a message, and what it answers, the nearest first.

    `of_header` are the digests that `ties` makes of its header alone; with `has_id` the first is
    that of its own Message-ID.
    """
    own = [_digest(_KEY + dedupe_key), *of_header[: int(has_id)]]
    return Names(own, list(of_header[int(has_id) :])[::-1])


def group_by_choice(
    letters: Sequence[tuple[Sequence[bytes], Names]],
    known: Mapping[bytes, int],
    sizes: Mapping[int, int],
    pinned: AbstractSet[bytes],
    touched: AbstractSet[int] = frozenset(),
) -> Grouping:
    """As `group`, for messages some of which a person's choice reaches.

    `pinned` are the digests among `known` that a person decided, `touched` the threads that hold
    any such; where there are none, nothing differs from `group`.
    """
    settled = pinning.settle([one for _, one in letters], known, pinned) if pinned else {}
    rest = [index for index in range(len(letters)) if index not in settled]
    outcome = group([letters[index][0] for index in rest], known, sizes)
    becomes = _with_descendants(outcome.merged, settled.values(), touched)
    thread_of = dict(zip(rest, outcome.thread_of, strict=True))
    written, pins = dict(outcome.ties), dict[bytes, int]()
    for index, one in settled.items():
        thread_of[index] = one.thread
        shared, own = letters[index]
        pins |= dict.fromkeys(own.own, one.thread)
        # A server's thread that is new here goes on where its first message is.
        of_server = [tie for tie in shared if tie not in (*own.own, *own.referred)]
        for tie in (*of_server, *one.unseen):
            if tie not in known:
                written.setdefault(tie, one.thread)
    return Grouping(
        [becomes.get(thread_of[index], thread_of[index]) for index in range(len(letters))],
        {tie: becomes.get(one, one) for tie, one in written.items() if tie not in pins},
        becomes,
        {pin: becomes.get(one, one) for pin, one in pins.items()},
    )


def _with_descendants(
    merged: Mapping[int, int], settled: Iterable[Settled], touched: AbstractSet[int]
) -> dict[int, int]:
    """What becomes of threads that cease, where answers had come before what they answer."""
    becomes = dict(merged)
    for one in settled:
        if one.descendants is None:
            continue
        theirs = becomes.get(one.descendants, one.descendants)
        target = becomes.get(one.thread, one.thread)
        if theirs not in touched and theirs != target:
            becomes = {gone: target if to == theirs else to for gone, to in becomes.items()}
            becomes[theirs] = target
    return becomes


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
