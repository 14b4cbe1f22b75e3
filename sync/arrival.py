"""A message that was fetched and read, on its way into the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sync.conversations import names, ties
from sync.judging import Wanted
from sync.pinning import Names
from sync.rows import MessageRows


@dataclass(slots=True)
class Arrival:
    """`entries` are the ids of the ledger's rows that are copies of it; `size` is in bytes."""

    entries: list[int]
    dedupe_key: bytes
    rows: MessageRows
    arrived_at: datetime
    size: int
    seen: bool
    direction: Literal["received", "sent"]
    server_thread: str = ""

    @property
    def ties(self) -> Sequence[bytes]:
        """What ties it to a conversation: the server's word, else what its header refers to."""
        return ties("", (), self.server_thread) if self.server_thread else self.rows.ties

    @property
    def names(self) -> Names:
        """By what a person's choice knows it, and what it answers."""
        return names(self.rows.ties, self.rows.has_id, self.dedupe_key)


def arrival_of(
    rows: MessageRows, wanted: Sequence[Wanted], own_addresses: Collection[str]
) -> Arrival:
    """`wanted` are all copies of the message that were asked for."""
    first = wanted[0]
    sent = any(one.sent for one in wanted) or any(one in own_addresses for one in rows.authors)
    return Arrival(
        [one.entry for one in wanted],
        first.dedupe_key or rows.key,
        rows,
        first.arrived_at,
        first.size,
        any(one.seen for one in wanted),
        direction="sent" if sent else "received",
        server_thread=first.server_thread,
    )
