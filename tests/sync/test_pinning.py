"""A person's choice above headers and the server's thread ids, as a pure function."""

from hypothesis import given
from hypothesis import strategies as st

from sync.conversations import Grouping, group_by_choice, names, ties

KEYS = {name: name.encode().ljust(16, b".") for name in "amrxyz"}


def letter(name: str, *references: str, server: str = "") -> tuple[list[bytes], object]:
    """A letter by its name, with what it refers to, the oldest first."""
    return ties(name, references, server), names(ties(name, references), True, KEYS[name])


def grouped(*letters: object, known: dict[str, int], pinned: str) -> Grouping:
    digests = {ties(name, [])[0]: thread for name, thread in known.items()}
    by_hand = {ties(name, [])[0] for name in pinned}
    return group_by_choice(letters, digests, {}, by_hand)  # type: ignore[arg-type]


def test_the_nearest_that_is_known_decides_and_nothing_is_merged() -> None:
    known = {"r": 1, "a": 1, "m": 2}
    outcome = grouped(letter("x", "r", "m"), letter("y", "r", "a"), known=known, pinned="ram")
    assert (outcome.thread_of, outcome.merged) == ([2, 1], {})
    assert outcome.pins[ties("x", [])[0]] == 2


def test_without_a_choice_headers_merge_as_ever() -> None:
    outcome = grouped(letter("x", "r", "m"), known={"r": 1, "m": 2}, pinned="")
    assert (outcome.thread_of, outcome.merged, outcome.pins) == ([1], {2: 1}, {})


def test_it_outranks_the_servers_thread() -> None:
    server = ties("", [], "1500")[0]
    known = {**{ties(name, [])[0]: thread for name, thread in {"r": 1, "m": 2}.items()}, server: 1}
    pinned = known.keys() - {server}
    letters = [letter("x", "r", "m", server="1500"), letter("y", "r", server="1500")]
    outcome = group_by_choice(letters, known, {}, pinned)  # type: ignore[arg-type]
    assert outcome.thread_of == [2, 1]
    assert server not in outcome.ties


def test_a_server_thread_that_is_new_goes_on_where_its_first_message_is() -> None:
    outcome = grouped(letter("x", "m", server="1700"), known={"m": 2}, pinned="m")
    assert outcome.thread_of == [2]
    assert outcome.ties == {ties("", [], "1700")[0]: 2}


def test_a_message_without_a_message_id_is_known_by_its_key() -> None:
    own = names([], False, KEYS["m"]).own
    outcome = group_by_choice([([], names([], False, KEYS["m"]))], {own[0]: 7}, {}, set(own))
    assert outcome.thread_of == [7]


def test_a_merge_that_headers_make_beside_it_takes_the_settled_along() -> None:
    known = {"a": 1, "m": 1, "z": 3}
    letters = letter("x", "m"), letter("y", "a", "z")
    outcome = grouped(*letters, known=known, pinned="m")
    assert outcome.thread_of == [1, 1]
    assert outcome.merged == {3: 1}


def test_answers_that_were_here_first_come_along_unless_a_person_put_them_there() -> None:
    known = {"m": 2, "x": 5}
    assert grouped(letter("x", "m"), known=known, pinned="m").merged == {5: 2}
    digests = {ties(name, [])[0]: thread for name, thread in known.items()}
    pinned = {ties("m", [])[0]}
    outcome = group_by_choice([letter("x", "m")], digests, {}, pinned, {2, 5})  # type: ignore[list-item]
    assert (outcome.thread_of, outcome.merged) == ([2], {})


CHAINS = st.lists(st.sampled_from("ram"), min_size=1, max_size=3, unique=True)


@given(CHAINS, CHAINS)
def test_nothing_ever_joins_what_was_taken_apart(one: list[str], other: list[str]) -> None:
    letters = letter("x", *one), letter("y", *other, "x")
    outcome = grouped(*letters, known={"r": 1, "a": 1, "m": 2}, pinned="ram")
    assert outcome.merged == {}
    assert outcome.thread_of == [2 if one[-1] == "m" else 1] * 2
