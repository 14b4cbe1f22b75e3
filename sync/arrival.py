"""A message that was fetched and read, on its way into the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sync.judging import Wanted
from sync.parse import ParsedMessage


@dataclass(slots=True)
class Arrival:
    """`entries` are the ids of the ledger's rows that are copies of it; `size` is in bytes."""

    entries: list[int]
    dedupe_key: bytes
    parsed: ParsedMessage
    arrived_at: datetime
    size: int
    seen: bool
    direction: Literal["received", "sent"]
    server_thread: str = ""


def arrival_of(content: ParsedMessage, wanted: Sequence[Wanted]) -> Arrival:
    """`content` has no headers of its own; `wanted` are all copies of the message."""
    first = wanted[0]
    content.headers = first.headers
    metadata = first.metadata
    return Arrival(
        [one.entry for one in wanted],
        first.dedupe_key,
        content,
        first.arrived_at,
        metadata.size,
        seen="\\Seen" in metadata.flags,
        direction="sent" if any(one.sent for one in wanted) else "received",
        server_thread=str(metadata.gm_thrid) if metadata.gm_thrid else metadata.threadid or "",
    )
