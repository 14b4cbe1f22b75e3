"""IDLE (RFC 2177): the server tells of news by itself, and an event loop waits for it."""

from __future__ import annotations

import re

from sync.wire.channel import Channel, refusal, status
from sync.wire.errors import ProtocolError
from sync.wire.reader import Response

_NEWS = re.compile(rb"\d+ (?:EXPUNGE|FETCH)\b|VANISHED\b", re.IGNORECASE)


class Idle:
    """From its making, which waits for the server's consent, to its end. Raises WireError."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        # What came between EXAMINE and now counts.
        self._known = channel.exists
        self._exchange = channel.exchange()
        self._tag = self._exchange.send(b"IDLE")
        self._heard = False
        while (response := self._exchange.receive()).tag != b"+":
            if response.tag == self._tag:
                raise refusal(response)
            self._take(response)
        channel.block(False)

    def fileno(self) -> int:
        """When this can be read, `news` knows more."""
        return self._channel.fileno()

    def news(self) -> bool:
        """Whether the folder has changed since this was asked last. Never waits."""
        while self._channel.arrived():
            response = self._exchange.receive()
            if response.tag == self._tag:
                raise ProtocolError("The server ended IDLE by itself.")
            self._take(response)
        heard, self._heard = self._heard, False
        return heard

    def end(self) -> bool:
        """Whether there was more news. Waits for the server; the connection is free again then."""
        self._channel.block(True)
        self._exchange.send_line(b"DONE")
        done, untagged = self._exchange.rest()
        for response in untagged:
            self._take(response)
        if status(done) != "OK":
            raise refusal(done)
        return self._heard

    def _take(self, response: Response) -> None:
        """EXISTS that says what is known is no news: some servers repeat it (RFC 3501, 7.3.1)."""
        exists = self._channel.exists
        if exists != self._known or (response.tag == b"*" and _NEWS.match(response.text)):
            self._known = exists
            self._heard = True
