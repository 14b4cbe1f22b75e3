"""What real servers say of their folders beside the book, byte for byte."""

from __future__ import annotations

import pytest

from sync.wire import Connection, FolderMissing, FolderNotSelectable, ServerTroubled
from tests.imap.scripted_server import ANNA, scripted
from tests.wire.test_oddities import EXAMINED


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"* 3 EXISTS\r\n{tag} OK x\r\n", (None, None, None)),
        (
            b"* 3 EXISTS\r\n* OK [UIDVALIDITY 0] x\r\n* OK [UIDNEXT 0] x\r\n"
            b"* OK [HIGHESTMODSEQ 0] x\r\n{tag} OK x\r\n",
            (None, None, None),
        ),
        (EXAMINED, (7, 9, None)),
    ],
)
def test_what_a_folder_does_not_say_is_none(
    said: bytes, expected: tuple[int | None, ...], slowly: bool
) -> None:
    with (
        scripted(("EXAMINE", said), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        status = connection.examine(b"INBOX")
    assert (status.uidvalidity, status.uidnext, status.highestmodseq) == expected


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"NO Permission denied", FolderNotSelectable),
        (b"BAD Invalid mailbox name", FolderNotSelectable),
        (b"NO Mailbox does not exist", FolderMissing),
        (b"NO [UNAVAILABLE] Come again", ServerTroubled),
        (b"NO [INUSE] Come again", ServerTroubled),
        (b"BAD User is authenticated but not connected.", ServerTroubled),
    ],
)
def test_a_folder_that_is_listed_and_cannot_be_opened_says_why(
    said: bytes, error: type[Exception]
) -> None:
    with (
        scripted(("EXAMINE|STATUS", b"{tag} " + said + b"\r\n")) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        for ask in (connection.examine, connection.status):
            with pytest.raises(error) as caught:
                ask(b"INBOX")
            assert caught.type is error


@pytest.mark.parametrize(
    ("line", "name", "delimiter", "selectable"),
    [
        (rb'(\HasNoChildren) "/" "Kos&AX4-"', "Kosž", "/", True),
        (rb'() "/" "A&B"', "A&B", "/", True),
        (rb'() "/" "say \"hi\" \\ bye"', 'say "hi" \\ bye', "/", True),
        (rb"() NIL INBOX", "INBOX", None, True),
        (rb'(\Noselect) "." "Parent"', "Parent", ".", False),
        (b'() "/" {5}\r\na(b)c', "a(b)c", "/", True),
        (rb'() "/" 2024', "2024", "/", True),
    ],
)
def test_folders_are_read_whatever_their_names(
    line: bytes, name: str, delimiter: str | None, selectable: bool, slowly: bool
) -> None:
    answer = b"* LIST " + line + b"\r\n{tag} OK done\r\n"
    with (
        scripted(("LIST", answer), slowly=slowly) as server,
        Connection.open(server.server, ANNA) as connection,
    ):
        (folder,) = connection.folders()
    assert (folder.name, folder.delimiter, folder.selectable) == (name, delimiter, selectable)
