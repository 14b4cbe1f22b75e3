"""Every oddity of providers at the wire: what is asked for comes, whole and once."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from sync.wire import Connection, Credentials, FolderStatus
from tests.imap.fetching import Letter
from tests.imap.odd_answers import expunge_in_the_middle
from tests.imap.oddities import LARGE, ODD_NAMES, ODDITIES, Make
from tests.imap.provider import Provider, running
from tests.imap.scripted_server import ANNA, Talk

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# What ends the connection on purpose is left to the engine, which connects again.
BREAKING = {"bye_in_a_literal", "stall"}
WHOLE = {name: make for name, make in ODDITIES.items() if name not in BREAKING}


def fill(provider: Provider) -> None:
    for number in range(12):
        raw = f"From: a@x.example\r\nMessage-ID: <n{number}@x.example>\r\n\r\ntext {number}\r\n"
        at = NOW - timedelta(days=number)
        provider.deliver(raw.encode(), at, flags=["\\Seen"] if number % 2 else [])
    large = b"From: b@x.example\r\nMessage-ID: <large@x.example>\r\n\r\n" + b"x\r\n" * (LARGE // 3)
    provider.deliver(large, NOW)
    provider.expunge(provider.places[b"INBOX"].letters[5])


@contextmanager
def opened(make: Make, slowly: bool) -> Iterator[tuple[Provider, Connection]]:
    with running(Provider(slowly=slowly)) as provider:
        fill(provider)
        make(provider)
        with Connection.open(provider.server, ANNA) as connection:
            yield provider, connection


def sent(one: Letter) -> tuple[int, datetime, bool]:
    return len(one.raw), one.date, "\\Seen" in one.flags


@pytest.mark.parametrize("make", WHOLE.values(), ids=WHOLE.keys())
def test_what_is_asked_for_comes_whole_and_once(make: Make, slowly: bool) -> None:
    with opened(make, slowly) as (provider, connection):
        inbox = dict(provider.places[b"INBOX"].letters)
        there = {uid: sent(one) for uid, one in inbox.items()}
        connection.examine(b"INBOX")
        assert connection.search_uids("ALL") == sorted(inbox)
        assert connection.search_uids("ALL", (9, None)) == [uid for uid in inbox if uid >= 9]
        assert connection.search_uids("ALL", (99, None)) == []
        for wanted in (sorted(inbox), (1, None), (1, 60)):
            listed = [
                (one.uid, (one.size, one.internaldate, "\\Seen" in one.flags))
                for one in connection.listing(wanted)
            ]
            assert len(listed) == len(inbox)
            assert dict(listed) == there
        found = list(connection.metadata([*inbox, 5, 99]))
        # Where asking past the end is refused, nothing more can be said of 99.
        assert {one.uid for one in found if one.missing or one.error} == {5, 99}
        assert {one.uid: one.size for one in found if one.uid in inbox} == {
            uid: size for uid, (size, *_) in there.items()
        }
        flags = list(connection.flags([(1, 60)]))
        assert {one.uid: "\\Seen" in one.flags for one in flags} == {
            uid: seen for uid, (*_, seen) in there.items()
        }


@pytest.mark.parametrize("make", WHOLE.values(), ids=WHOLE.keys())
def test_content_comes_byte_for_byte(make: Make, slowly: bool) -> None:
    with opened(make, slowly) as (provider, connection):
        inbox = dict(provider.places[b"INBOX"].letters)
        connection.examine(b"INBOX")
        got = list(connection.bodies([(uid, len(one.raw)) for uid, one in inbox.items()]))
        assert sorted(one.uid for one in got) == sorted(inbox)
        for one in got:
            assert one.error is None
            if one.missing:
                assert make is expunge_in_the_middle
            elif one.parts is None:
                assert one.raw == inbox[one.uid].raw
            else:
                text = inbox[one.uid].raw.partition(b"\r\n\r\n")[2]
                assert one.parts.texts[0].data == text


@pytest.mark.parametrize("make", WHOLE.values(), ids=WHOLE.keys())
def test_every_folder_is_listed_and_tells_how_it_is(make: Make, slowly: bool) -> None:
    with opened(make, slowly) as (provider, connection):
        names = {folder.raw_name for folder in connection.folders() if folder.selectable}
        assert names == {name for name, place in provider.places.items() if place.selectable}
        told = dict(connection.statuses(sorted(names)))
        for name in names:
            status = told[name]
            assert isinstance(status, FolderStatus)
            assert status.messages == len(provider.places[name].letters)
            assert connection.examine(name).messages == status.messages


def test_odd_names_are_shown_as_people_wrote_them(slowly: bool) -> None:
    with opened(ODDITIES["odd_names"], slowly) as (_, connection):
        shown = {
            one.raw_name: one.name for one in connection.folders() if one.raw_name in ODD_NAMES
        }
    assert shown == {
        b"Klienci/&AXsA8wFC-w": "Klienci/Żółw",
        b"A&B": "A&B",
        b"A&-B": "A&B",
        b'say "hi"': 'say "hi"',
        rb"back\slash\\es": r"back\slash\\es",
        b"2024": "2024",
        b"NIL": "NIL",
        b"with space": "with space",
        b"(brackets)": "(brackets)",
        "Żółw".encode(): "Żółw",
        b"\xa3 latin": "£ latin",
        b"a%b*c": "a%b*c",
        b"{5}": "{5}",
    }


@pytest.mark.parametrize(
    "secret",
    ["zażółć gęślą jaźń", 'quote " and \\ backslash', "密码 🔑", "e\u0301", " spaces ", "tab\tin"],
)
@pytest.mark.parametrize("offered", ["IMAP4rev1", "IMAP4rev1 LITERAL+", "IMAP4rev1 AUTH=PLAIN"])
def test_a_password_of_any_unicode_arrives_at_login_and_at_plain(
    secret: str, offered: str, slowly: bool
) -> None:
    provider = Provider(slowly=slowly)
    provider.offered = offered
    got: list[str] = []

    def let_in(talk: Talk) -> None:
        got.append(talk.line)
        talk.say(b"{tag} OK in\r\n")

    def challenge(talk: Talk) -> None:
        talk.say(b"+ \r\n")
        got.append(base64.b64decode(talk.read_line()).decode())
        talk.say(b"{tag} OK in\r\n")

    provider.rules += [("LOGIN", let_in), ("AUTHENTICATE PLAIN", challenge)]
    with running(provider):
        Connection.open(provider.server, Credentials("anna", secret)).close()
    (said,) = got
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    if "PLAIN" in offered:
        assert said == f"\0anna\0{secret}"
    elif secret.isascii() and secret.isprintable():
        assert said == f'LOGIN "anna" "{quoted}"'
    else:
        plus = "+" if "LITERAL+" in offered else ""
        assert said == f'LOGIN "anna" {{{len(secret.encode())}{plus}}}\r\n{secret}'
