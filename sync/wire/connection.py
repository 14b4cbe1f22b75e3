"""A logged-in connection to a mail server, with the questions that sync asks.

Nothing here changes a mailbox: EXAMINE and BODY.PEEK only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from sync.wire import login
from sync.wire.channel import Channel, Text, status, unreadable
from sync.wire.dial import dial
from sync.wire.errors import CommandRefused, MessageMissing, WireError
from sync.wire.fetch import Bodies, fetch_one, fetch_pieces
from sync.wire.folders import (
    folder_refusal,
    list_arguments,
    read_examined,
    read_folders,
    status_items,
)
from sync.wire.idle import Idle
from sync.wire.metadata import flags_question, listed_question, metadata_question
from sync.wire.model import (
    Capabilities,
    Credentials,
    Fetched,
    Flags,
    FolderInfo,
    FolderStatus,
    Listed,
    Metadata,
    Server,
)
from sync.wire.questions import StatusAnswer, search, statuses
from sync.wire.search import Criteria
from sync.wire.tokens import Malformed
from sync.wire.uidsets import UidRange

_SECTION = re.compile(r"\d{1,4}(\.\d{1,4}){0,99}")


class Connection:
    """Every method may raise WireError. After a timeout or a loss all raise ConnectionLost.

    The generators send their commands as they are read; the next call of any method ends them,
    and reading on then raises RuntimeError.
    """

    def __init__(
        self,
        channel: Channel,
        capabilities: Capabilities,
        depth: int,
        closed: Callable[[], None] | None = None,
    ) -> None:
        self.capabilities = capabilities
        self._when_closed = closed
        self._channel = channel
        self._depth = depth
        self._folder: FolderStatus | None = None

    @classmethod
    def open(
        cls, server: Server, credentials: Credentials, closed: Callable[[], None] | None = None
    ) -> Self:
        """Connect and log in; `closed` is called once by `close`.

        A server that logs us in by itself (PREAUTH) is believed.
        """
        channel, offered, preauth = dial(server)
        try:
            channel.literal_plus = offered.literal_plus
            if offered.id:
                login.identify(channel)
            said_before = offered.id
            if preauth:
                offered = login.ask_capabilities(channel)
            else:
                offered = login.log_in(channel, credentials, offered)
            channel.literal_plus = offered.literal_plus
            if offered.id and not said_before:
                login.identify(channel)
        except BaseException:
            channel.hang_up()
            raise
        return cls(channel, offered, max(1, server.pipeline_depth), closed)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def commands(self) -> int:
        """How many were sent; each costs a round trip at most."""
        return self._channel.commands

    def close(self) -> None:
        self._channel.close()
        closed, self._when_closed = self._when_closed, None
        if closed:
            closed()

    def hang_up(self) -> None:
        """Without a goodbye, which never waits."""
        self._channel.hang_up()

    def noop(self) -> None:
        """Ask for nothing, so that the server stays and tells what is new."""
        self._channel.command(b"NOOP")

    def folders(self) -> list[FolderInfo]:
        _, untagged = self._channel.command(*list_arguments(self.capabilities))
        try:
            return read_folders(untagged)
        except Malformed as error:
            raise unreadable(error) from error

    def status(self, raw_name: bytes) -> FolderStatus:
        """Raises FolderMissing, FolderNotSelectable."""
        ((_, found),) = self.statuses([raw_name])
        if isinstance(found, WireError):
            raise found
        return found

    def statuses(self, raw_names: Iterable[bytes]) -> Iterator[StatusAnswer]:
        """STATUS of each folder, several in flight; a refused folder comes with its error."""
        return statuses(self._channel, raw_names, status_items(self.capabilities), self._depth)

    def examine(self, raw_name: bytes) -> FolderStatus:
        """Open a folder read-only. Raises FolderMissing, FolderNotSelectable."""
        self._folder = None
        self._channel.exists = 0
        exchange = self._channel.exchange()
        condstore = (b"(CONDSTORE)",) if self.capabilities.condstore else ()
        exchange.send(b"EXAMINE", Text(raw_name), *condstore)
        done, untagged = exchange.rest()
        if status(done) != "OK":
            raise folder_refusal(done)
        self._folder = read_examined(self._channel.exists, untagged, done)
        return self._folder

    def idle(self) -> Idle:
        """Wait for news of the open folder, until its `end`; nothing else may be asked before."""
        self._known_folder()
        return Idle(self._channel)

    def search_uids(
        self, criteria: Criteria | str | bytes, uid_range: UidRange | None = None
    ) -> list[int]:
        """Ascending; see search.py for criteria. Text is sent as it is: build none from input."""
        self._known_folder()
        return search(self._channel, criteria, uid_range, self.capabilities.esearch)

    def listing(self, wanted: UidRange | Sequence[int]) -> Iterator[Listed]:
        """Size, date and flags: of a (first, last) tuple's range, else of a list of UIDs."""
        question = listed_question(self.capabilities)
        if not isinstance(wanted, tuple):
            return question.by_uid(self._channel, self._depth, wanted)
        asked = self._asked(wanted)
        return question.by_range(self._channel, self._depth, asked) if asked else iter(())

    def metadata(self, uids: Iterable[int]) -> Iterator[Metadata]:
        """Headers too; one for each UID, those that are not there as `missing`."""
        self._known_folder()
        return metadata_question(self.capabilities).by_uid(self._channel, self._depth, uids)

    def flags(self, uid_ranges: Iterable[UidRange]) -> Iterator[Flags]:
        question = flags_question(self.capabilities)
        for uid_range in uid_ranges:
            asked = self._asked(uid_range)
            if asked:
                yield from question.by_range(self._channel, self._depth, asked)

    def changed_since(self, modseq: int) -> Iterator[Flags]:
        """Flags of what changed after `modseq`, new messages too. Needs CONDSTORE."""
        if not self.capabilities.condstore:
            raise CommandRefused("The server has no CONDSTORE.")
        asked = self._asked((1, None))
        question = flags_question(self.capabilities)
        return question.changed(self._channel, self._depth, asked, modseq) if asked else iter(())

    def bodies(self, items: Iterable[tuple[int, int]]) -> Iterator[Fetched]:
        """Content of each (UID, size in bytes): whole, or by parts above WHOLE_LIMIT."""
        self._known_folder()
        return Bodies(self._channel, self._depth).fetch(items)

    def raw(self, uid: int) -> bytes:
        """The whole source. Raises MessageMissing."""
        self._known_folder()
        return fetch_one(self._channel, uid, "")

    def part(self, uid: int, section: str) -> bytes:
        """One part as it was sent, with its transfer encoding. Raises MessageMissing."""
        self._known_folder()
        if not _SECTION.fullmatch(section):
            raise MessageMissing(f"No part {section!r}.")
        return fetch_one(self._channel, uid, section)

    def pieces(self, uid: int, section: str) -> Iterator[bytes]:
        """A part, or with "" the whole source, piece by piece. Raises MessageMissing."""
        self._known_folder()
        if section and not _SECTION.fullmatch(section):
            raise MessageMissing(f"No part {section!r}.")
        return fetch_pieces(self._channel, uid, section)

    def has(self, uid: int) -> bool:
        """Is there a message of this UID in the folder?"""
        return any(not one.missing for one in self.listing([uid]))

    def _known_folder(self) -> FolderStatus:
        if self._folder is None:
            raise RuntimeError("No folder is open: call examine first.")
        return self._folder

    def _asked(self, uid_range: UidRange) -> UidRange | None:
        """The range as it is asked for; None where it is empty.

        An open one stays open: UIDNEXT, which would close it, lags behind on some servers.
        """
        self._known_folder()
        first, last = uid_range
        if not self._channel.exists or (last is not None and last < first):
            return None
        return max(1, first), last
