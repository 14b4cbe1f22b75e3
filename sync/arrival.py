"""A message that was fetched and read, on its way into the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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
