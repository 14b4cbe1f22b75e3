"""Where a message belongs by what a person decided. No Django.

A person who splits or merges conversations pins every message in them: its own name is tied to its
conversation by hand. From then on a message that answers a pinned one goes where its *nearest*
known ancestor is, whatever else its references or the server's thread id say, and is pinned
itself, so that the choice reaches every later answer:

    root ── a ── m            m is split out:        root ── a      m
                              an answer to m goes with m, one to a with a, though both name root

So nothing that headers say can ever join again what a person took apart: such a message has one
conversation, the nearest one, and merges nothing.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """Digests: what the message itself is called, and what it refers to, nearest first."""

    own: list[bytes]
    referred: list[bytes]


@dataclass(frozen=True, slots=True)
class Settled:
    """The conversation of a message, and what lies between it and the ancestor that decided.

    `descendants` is the conversation, if any, that knew the message before it came: whatever is
    in there refers to it.
    """

    thread: int
    unseen: list[bytes]
    descendants: int | None


def settle(
    messages: Sequence[Names], known: Mapping[bytes, int], pinned: AbstractSet[bytes]
) -> dict[int, Settled]:
    """The messages that a person's choice reaches, by their index.

    Within a batch an answer may come before what it answers, which is looked at first.
    """
    index_of = {digest: index for index, names in enumerate(messages) for digest in names.own}
    known, pinned = dict(known), set(pinned)
    found: dict[int, Settled] = {}
    looked_at: set[int] = set()

    def look_at(index: int) -> None:
        if index in looked_at:
            return
        looked_at.add(index)
        names = messages[index]
        for digest in names.referred:
            if digest in index_of:
                look_at(index_of[digest])
        if not pinned.isdisjoint((*names.own, *names.referred)):
            found[index] = one = _settle(names, known, pinned)
            known.update(dict.fromkeys(names.own, one.thread))
            pinned.update(names.own)

    for index in range(len(messages)):
        look_at(index)
    return found


def _settle(names: Names, known: Mapping[bytes, int], pinned: AbstractSet[bytes]) -> Settled:
    before = next((known[digest] for digest in names.own if digest in known), None)
    by_hand = (digest for digest in names.own if digest in pinned)
    nearest = next(by_hand, None) or next(one for one in names.referred if one in known)
    thread = known[nearest]
    cut = names.referred.index(nearest) if nearest in names.referred else 0
    descendants = before if before != thread and nearest not in names.own else None
    return Settled(thread, names.referred[:cut], descendants)
