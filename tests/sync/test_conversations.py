"""References make conversations, whatever order the messages arrive in."""

from hypothesis import given
from hypothesis import strategies as st

from sync.conversations import Grouping, group, ties

MAILS = {
    "offer": ties("offer@a", []),
    "answer": ties("answer@b", ["offer@a"]),
    "late": ties("late@b", ["offer@a", "answer@b"]),
    "other": ties("other@c", []),
}


def batch(*names: str) -> list[list[bytes]]:
    return [MAILS[name] for name in names]


def test_it_groups_a_reply_with_its_parent() -> None:
    assert group(batch("offer", "other", "answer"), {}, {}).thread_of == [-1, -2, -1]


def test_it_knows_a_parent_that_comes_after_its_reply() -> None:
    first = group(batch("late"), {}, {})
    known = dict.fromkeys(first.ties, 7)
    assert group(batch("offer"), known, {7: 1}) == Grouping([7], {}, {})


def test_it_merges_the_smaller_into_the_larger() -> None:
    known = {MAILS["offer"][0]: 3, MAILS["answer"][0]: 5}
    outcome = group(batch("late"), known, {3: 2, 5: 9})
    assert (outcome.thread_of, outcome.merged) == ([5], {3: 5})


def test_it_keeps_the_older_of_two_equal_conversations() -> None:
    known = {MAILS["offer"][0]: 5, MAILS["answer"][0]: 3}
    assert group(batch("late"), known, {3: 2, 5: 2}).merged == {5: 3}


def test_it_leaves_known_conversations_alone_that_nothing_ties() -> None:
    known = {MAILS["offer"][0]: 3, MAILS["other"][0]: 4}
    assert group(batch("answer"), known, {3: 1, 4: 1}).merged == {}


def test_it_ties_nothing_by_an_empty_message_id() -> None:
    assert group([ties("", []), ties("", [])], {}, {}).thread_of == [-1, -2]


def test_it_takes_the_servers_word_where_the_server_groups() -> None:
    same, other = ties("a@x", ["b@x"], "1500"), ties("b@x", [], "1501")
    assert group([same, other, ties("c@x", [], "1500")], {}, {}).thread_of == [-1, -2, -1]


def test_it_never_takes_a_message_id_for_a_servers_thread() -> None:
    assert ties("1500", []) != ties("", [], "1500")


IDS = st.sampled_from("abcdefgh")
LETTERS = st.lists(st.tuples(IDS, st.lists(IDS, max_size=3)), min_size=1, max_size=12)


@given(LETTERS, st.randoms(use_true_random=False))
def test_it_reaches_the_same_conversations_in_any_order_and_batching(letters, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(range(len(letters)))
    random.shuffle(shuffled)
    assert partition(letters, [list(range(len(letters)))]) == partition(
        letters, [[index] for index in shuffled]
    )


def partition(
    letters: list[tuple[str, list[str]]], batches: list[list[int]]
) -> set[frozenset[int]]:
    """Store the batches one after the other, as the database would keep them."""
    known: dict[bytes, int] = {}
    thread_of: dict[int, int] = {}
    following = 1
    for indexes in batches:
        sizes = {thread: list(thread_of.values()).count(thread) for thread in known.values()}
        outcome = group([ties(*letters[index]) for index in indexes], known, sizes)
        new = {
            name: following + number
            for number, name in enumerate(
                sorted({thread for thread in outcome.thread_of if thread < 0})
            )
        }
        following += len(new)
        moved = {**outcome.merged, **new}
        known |= outcome.ties
        thread_of |= dict(zip(indexes, outcome.thread_of, strict=True))
        known = {digest: moved.get(thread, thread) for digest, thread in known.items()}
        thread_of = {index: moved.get(thread, thread) for index, thread in thread_of.items()}
    members: dict[int, set[int]] = {}
    for index, thread in thread_of.items():
        members.setdefault(thread, set()).add(index)
    return {frozenset(group) for group in members.values()}
