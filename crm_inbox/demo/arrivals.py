"""The mail that comes in while the demo runs."""

from dataclasses import replace
from functools import lru_cache
from itertools import count
from random import Random

from crm_inbox.demo.people import ANNA
from crm_inbox.demo.script import REPLIES, Letter, Script, facts_for, message_id, of_kind, script

# What each twenty messages are.
_ARRIVING = ("reply",) * 9 + ("contact",) * 4 + ("other",) * 4 + ("newsletter",) * 3
# Numbers, and counts within a kind, that no conversation of the first mailbox has.
_BEYOND = 1_000_000
_LATER = 5_000


def arriving(seed: int, n: int) -> Script:
    """A conversation whose last letter is the n-th (from 0) to arrive."""
    deck = list(_ARRIVING)
    Random(f"arriving/{seed}/{n // len(deck)}").shuffle(deck)
    kind = deck[n % len(deck)]
    if kind == "reply":
        return _reply(seed, n)
    if kind == "newsletter":
        return of_kind(seed, _BEYOND + n, kind, -1 - n)
    return _opening(seed, n, kind)


def _opening(seed: int, n: int, kind: str) -> Script:
    """The first letter of the next conversation that somebody else begins."""
    for ordinal in count(_LATER + n):
        found = of_kind(seed, _BEYOND + n, kind, ordinal)
        if not found.letters[0].sent:
            return replace(found, letters=found.letters[:1])
    raise AssertionError("Some topics are opened by customers.")


def _reply(seed: int, n: int) -> Script:
    """One more letter in a conversation that is there: mostly a recent one, at times an old one."""
    rng = Random(f"reply/{seed}/{n}")
    young, old = _open_numbers(seed)
    numbers = young if rng.random() < 0.7 else old
    before = script(seed, numbers[n * 7 % len(numbers)])
    last = before.letters[-1]
    writer = last.to[0] if last.sent else last.sender
    replies = REPLIES[writer.language]
    letter = Letter(
        message_id(seed, _BEYOND + n, 0, writer),
        writer,
        (ANNA,),
        replies[n % len(replies)].format_map(facts_for(writer, rng)),
    )
    return replace(before, letters=(*before.letters, letter))


@lru_cache(maxsize=4)
def _open_numbers(seed: int) -> tuple[list[int], list[int]]:
    """Conversations with people: the 20 newest, and 60 older ones even a small mailbox has."""
    people = [n for n in range(150) if script(seed, n).kind in ("contact", "other")]
    return people[:20], people[20:80]
