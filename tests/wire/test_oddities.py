"""What real servers do beside the book: each oddity of theirs, byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.wire import (
    Connection,
    ConnectionLost,
    ConnectionTimedOut,
    Throttled,
    search,
)
from tests.imap.scripted_server import ANNA, Rule, Talk, fall_silent, scripted

EXAMINED = (
    b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n{tag} OK [READ-ONLY] x\r\n"
)
OPEN: Rule = ("EXAMINE", EXAMINED)


def metadata(uid: int, name: str = "a") -> bytes:
    header = f"From: {name}@x.example\r\n\r\n".encode()
    return (
        b'* %d FETCH (UID %d FLAGS () INTERNALDATE "17-Jul-2026 02:44:25 -0700" RFC822.SIZE 9'
        b" BODY[HEADER.FIELDS (FROM)] {%d}\r\n%s)\r\n"
    ) % (uid, uid, len(header), header)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (b"NO [THROTTLED] Slow down. Backoff Time: 60", 60),
        (b"NO Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92.415),
        (b"BAD [OVERQUOTA] Account exceeded command or bandwidth limits", 60),
    ],
)
def test_a_wish_to_slow_down_is_heard(said: bytes, seconds: float) -> None:
    rules: tuple[Rule, ...] = (OPEN, ("UID SEARCH", b"{tag} " + said + b"\r\n"))
    with scripted(*rules) as server, Connection.open(server.server, ANNA) as connection:
        connection.examine(b"INBOX")
        with pytest.raises(Throttled) as caught:
            connection.search_uids(search.ALL)
    assert caught.value.wait == pytest.approx(seconds)


@pytest.mark.parametrize(
    "answer",
    [
        metadata(5) + metadata(6) + b"{tag} OK done\r\n",
        # The other way round, and beside the point.
        metadata(6)
        + b"* 9 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
        + metadata(5)
        + b"{tag} OK x\r\n",
        # Expunged in the middle.
        metadata(5) + b"* 2 EXPUNGE\r\n" + metadata(6) + b"{tag} OK x\r\n",
        # The UID after the literal.
        metadata(5).replace(b"(UID 5 ", b"(").replace(b"\r\n)\r\n", b"\r\n UID 5)\r\n")
        + metadata(6)
        + b"{tag} OK x\r\n",
    ],
    ids=["by the book", "unsolicited", "expunge", "uid last"],
)
def test_data_finds_its_message_however_it_comes(answer: bytes, slowly: bool) -> None:
    with (
        scripted(OPEN, ("UID FETCH", answer), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        found = {one.uid: one for one in connection.metadata([5, 6])}
    assert sorted(found) == [5, 6]
    assert not any(one.missing or one.error for one in found.values())


def test_one_message_in_several_answers_is_put_together(slowly: bool) -> None:
    answer = (
        b"* 1 FETCH (UID 5 FLAGS (\\Seen) RFC822.SIZE 9)\r\n"
        b'* 1 FETCH (UID 5 INTERNALDATE "17-Jul-2026 02:44:25 -0700")\r\n'
        b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (FROM)] {5}\r\nA: b\n)\r\n{tag} OK x\r\n"
    )
    with (
        scripted(OPEN, ("UID FETCH", answer), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        (one,) = connection.metadata([5])
    assert (one.size, one.flags, one.headers) == (9, frozenset({"\\Seen"}), b"A: b\n")


def split(uid: int, sequence: int, named: bool) -> bytes:
    """The half of an answer that names its message, or the other one, which holds the header."""
    if named:
        return b"* %d FETCH (UID %d FLAGS ())\r\n" % (sequence, uid)
    rest = metadata(uid, f"u{uid}").partition(b" INTERNALDATE")[2]
    return b"* %d FETCH (INTERNALDATE%s" % (sequence, rest)


@pytest.mark.parametrize(
    ("first", "gone"),
    [
        # The header of 6, which has become the first, comes without its name.
        (
            split(5, 1, True) + b"* 1 EXPUNGE\r\n" + split(6, 1, False) + split(6, 1, True),
            {5},
        ),
        # What came before the number changed may be anybody's: it is asked for again.
        (
            metadata(5, "u5") + split(6, 2, False) + b"* 1 EXPUNGE\r\n" + split(6, 1, True),
            set(),
        ),
    ],
)
def test_a_number_that_changes_hands_gives_nobody_the_data_of_another(
    first: bytes, gone: set[int], slowly: bool
) -> None:
    answers = [first]

    def answer(talk: Talk) -> None:
        asked = [int(uid) for uid in talk.line.split()[2].replace(":", ",").split(",")]
        known = b"".join(metadata(uid, f"u{uid}") for uid in asked if uid not in gone)
        talk.say((answers.pop() if answers else known) + b"{tag} OK x\r\n")

    with (
        scripted(OPEN, ("UID FETCH", answer), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        found = {one.uid: one for one in connection.metadata([5, 6])}
    assert {uid for uid, one in found.items() if one.missing or one.error} == gone
    for uid in {5, 6} - gone:
        assert found[uid].headers == f"From: u{uid}@x.example\r\n\r\n".encode()


def test_a_message_is_missing_only_when_its_command_has_ended(slowly: bool) -> None:
    with (
        scripted(OPEN, ("UID FETCH", metadata(5) + b"{tag} OK x\r\n"), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        found = {one.uid: one.missing for one in connection.metadata([5, 6])}
    assert found == {5: False, 6: True}


def test_a_long_list_of_uids_that_is_refused_is_halved() -> None:
    def one_at_a_time(talk: Talk) -> None:
        uids = talk.line.split()[2]
        if not uids.isdigit():
            talk.say(b"{tag} BAD Too many UIDs\r\n")
        else:
            talk.say(metadata(int(uids)) + b"{tag} OK x\r\n")

    with (
        scripted(OPEN, ("UID FETCH", one_at_a_time)) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        found = {one.uid: one.error for one in connection.metadata([2, 4, 6, 8])}
    assert found == {2: None, 4: None, 6: None, 8: None}


def test_a_bye_in_the_middle_of_a_literal_is_a_lost_connection(slowly: bool) -> None:
    def cut(talk: Talk) -> None:
        talk.say(b"* 1 FETCH (UID 5 BODY[] {100}\r\nhalf of it* BYE sorry\r\n")
        talk.hang_up()

    with (
        scripted(OPEN, ("UID FETCH", cut), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        with pytest.raises(ConnectionLost):
            list(connection.bodies([(5, 100)]))


def test_a_stall_ends_in_a_timeout_and_the_connection_is_dead() -> None:
    with scripted(OPEN, ("UID SEARCH", fall_silent)) as server:
        connection = Connection.open(replace(server.server, read_timeout=5), ANNA)
        connection.examine(b"INBOX")
        with pytest.raises(ConnectionTimedOut):
            connection.search_uids(search.ALL)
        with pytest.raises(ConnectionLost):
            connection.noop()


def test_a_structure_that_cannot_be_read_brings_the_message_whole(slowly: bool) -> None:
    def answer(talk: Talk) -> None:
        if "BODYSTRUCTURE" in talk.line:
            talk.say(b"* 1 FETCH (UID 5 BODYSTRUCTURE ((NIL NIL) BODY[HEADER] {2}\r\n\r\n)\r\n")
            talk.say(b"{tag} OK x\r\n")
        else:
            talk.say(b"* 1 FETCH (UID 5 BODY[] {9}\r\nA: b\r\n\r\nc)\r\n{tag} OK x\r\n")

    with (
        scripted(OPEN, ("UID FETCH", answer), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        (fetched,) = connection.bodies([(5, 300_000)])
    assert fetched.raw == b"A: b\r\n\r\nc"


@pytest.mark.parametrize(
    ("answer", "uids"),
    [
        (b"* SEARCH 9 5 7\r\n", [5, 7, 9]),
        (b"* SEARCH\r\n", []),
        (b"", []),
        (b"* SEARCH 5 7 (MODSEQ 917)\r\n", [5, 7]),
        (b"* SEARCH 5\r\n* SEARCH 7\r\n", [5, 7]),
    ],
)
def test_searches_are_read_in_all_their_forms(answer: bytes, uids: list[int]) -> None:
    with (
        scripted(OPEN, ("UID SEARCH", answer + b"{tag} OK x\r\n")) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        assert connection.search_uids(search.ALL) == uids


def test_without_extensions_none_is_asked_for() -> None:
    with (
        scripted(OPEN, ("UID FETCH", metadata(5) + b"{tag} OK x\r\n")) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        list(connection.metadata([5]))
    said = " ".join(server.asked)
    for word in ("MODSEQ", "X-GM", "EMAILID", "CONDSTORE", "IDLE"):
        assert word not in said
