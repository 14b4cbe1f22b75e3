"""How questions about many messages are put: short sets, growing batches, several in flight."""

from __future__ import annotations

import re
import select
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sync.wire import Connection, ConnectionTimedOut, MessageMissing
from sync.wire.fetch import WHOLE_LIMIT
from sync.wire.metadata import internaldate
from tests.imap.scripted_server import ANNA, Rule, Talk, scripted

OPEN: Rule = ("EXAMINE", b"* 9 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n{tag} OK [READ-ONLY] x\r\n")
# Nothing of it is there.
NONE: Rule = ("UID FETCH", b"{tag} OK done\r\n")


def sets(asked: list[str]) -> list[str]:
    """The set of UIDs of each FETCH."""
    return [line.split()[2] for line in asked if line.startswith("UID FETCH")]


def numbers(uids: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", uids)]


def size(uids: str) -> int:
    pairs = (piece.partition(":") for piece in uids.split(","))
    return sum(int(last or first) - int(first) + 1 for first, _, last in pairs)


def body(uid: int) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {3}\r\na:b)\r\n" % (uid, uid)


def test_sets_of_uids_ascend_and_are_short() -> None:
    scattered = [4_000_000_000 - 7 * number for number in range(700)]
    with scripted(OPEN, NONE) as server, Connection.open(server.server, ANNA) as connection:
        connection.examine(b"INBOX")
        assert all(one.missing for one in connection.metadata(scattered))
        assert all(one.missing for one in connection.bodies([(uid, 9) for uid in scattered]))
    found = sets(server.asked)
    assert max(map(len, found)) <= 1000
    assert all(numbers(uids) == sorted(numbers(uids)) for uids in found)
    assert sum(map(size, found)) == 2 * len(scattered)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (10_000, [25, 50, 100, 100, 100, 25]),
        # At most about 4 MB.
        (100_000, [25, *[41] * 9, 6]),
        # Their structure; the text of none is asked for, since none is there.
        (WHOLE_LIMIT + 1, [25] * 16),
    ],
)
def test_batches_of_content_grow_and_have_their_limits(each: int, expected: list[int]) -> None:
    with scripted(OPEN, NONE) as server, Connection.open(server.server, ANNA) as connection:
        connection.examine(b"INBOX")
        assert len(list(connection.bodies([(uid, each) for uid in range(1, 401)]))) == 400
    assert [size(uids) for uids in sets(server.asked)] == expected
    whole = [line for line in server.asked if line.endswith("(UID BODY.PEEK[])")]
    assert len(whole) == (0 if each > WHOLE_LIMIT else len(expected))


@pytest.mark.parametrize(
    "order",
    [
        # The second command's data before the first one's.
        ["data 1", "data 0", "end 0", "end 1"],
        # The second ends while nothing has been said about the first.
        ["data 1", "end 1", "data 0", "end 0"],
        # The first one's data in two halves, around all of the second.
        ["half 0", "data 1", "end 1", "data 0", "end 0"],
    ],
)
def test_answers_to_two_commands_at_once_come_in_any_order(order: list[str], slowly: bool) -> None:
    waiting: list[Talk] = []

    def answer(talk: Talk) -> None:
        waiting.append(talk)
        if len(waiting) < 2:
            return
        for what, _, which in (step.partition(" ") for step in order):
            asked = waiting[int(which)]
            uids = numbers(asked.line.split()[2])
            told = {
                "half": b"".join(body(uid) for uid in range(uids[0], uids[0] + 9)),
                "data": b"".join(body(uid) for uid in range(uids[0], uids[-1] + 1)),
                "end": b"{tag} OK done\r\n",
            }
            asked.say(told[what])

    with scripted(OPEN, ("UID FETCH", answer), slowly=slowly) as server:
        two_at_once = replace(server.server, pipeline_depth=2)
        with Connection.open(two_at_once, ANNA) as connection:
            connection.examine(b"INBOX")
            found = list(connection.bodies([(uid, 9) for uid in range(1, 51)]))
    assert sorted(one.uid for one in found) == list(range(1, 51))
    assert all(one.raw == b"a:b" for one in found)


def test_a_server_that_takes_one_command_at_a_time_gets_one() -> None:
    early: list[str] = []

    def answer(talk: Talk) -> None:
        # A second command, had it been sent, would be here by now.
        if select.select([talk.sock], [], [], 0.3)[0]:
            early.append(talk.line)
        talk.say(b"{tag} OK done\r\n")

    with scripted(OPEN, ("UID FETCH", answer)) as server:
        one_at_once = replace(server.server, pipeline_depth=1)
        with Connection.open(one_at_once, ANNA) as connection:
            connection.examine(b"INBOX")
            list(connection.bodies([(uid, 9) for uid in range(1, 200)]))
    assert len(sets(server.asked)) == 4
    assert early == []


def test_no_question_marks_a_message_as_read() -> None:
    """Twice over: the folder is opened to read only, too."""
    with scripted(OPEN, NONE) as server, Connection.open(server.server, ANNA) as connection:
        connection.examine(b"INBOX")
        list(connection.metadata([1]))
        list(connection.bodies([(1, 9), (2, WHOLE_LIMIT + 1)]))
        for ask in (
            lambda: connection.raw(1),
            lambda: connection.part(1, "2"),
            lambda: list(connection.pieces(1, "2")),
        ):
            with pytest.raises(MessageMissing):
                ask()
    fetches = [line for line in server.asked if line.startswith("UID FETCH")]
    assert sum("BODY.PEEK[" in line for line in fetches) == len(fetches) == 6
    assert not any("BODY[" in line for line in fetches)
    assert not any(line.startswith("SELECT") for line in server.asked)


def test_a_line_of_megabytes_is_read(slowly: bool) -> None:
    """imaplib refuses lines above 1 MB."""
    uids = range(1_000_000, 1_000_000 + (20_000 if slowly else 500_000))
    line = b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids) + b"\r\n"
    rule: Rule = ("UID SEARCH", line + b"{tag} OK x\r\n")
    with (
        scripted(OPEN, rule, slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        connection.examine(b"INBOX")
        assert connection.search_uids("ALL") == list(uids)


@pytest.mark.parametrize(
    ("said", "hour", "minute"),
    [
        (b"17-Jul-2026 02:44:25 -0700", 9, 44),
        (b"17-JUL-2026 15:14:25 +0530", 9, 44),
        (b"17-Jul-2026 09:44:25 +0000", 9, 44),
        (b"18-Jul-2026 00:14:25 +1430", 9, 44),
    ],
)
def test_dates_of_arrival_are_told_by_their_zone(said: bytes, hour: int, minute: int) -> None:
    assert internaldate(said) == datetime(2026, 7, 17, hour, minute, 25, tzinfo=UTC)
    assert internaldate(b" 7-Jul-2026 09:44:25 +0000").day == 7


def test_a_server_that_does_not_greet_is_given_up() -> None:
    with scripted(greeting=b"* ") as server, pytest.raises(ConnectionTimedOut):
        Connection.open(replace(server.server, connect_timeout=2), ANNA)
