"""Whose data is it? FETCH responses put together by UID, never by order.

One message may come in several responses, some without the UID; flags of any message may come in
the middle; an EXPUNGE renumbers (RFC 3501, 7.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sync.wire.reader import Response
from sync.wire.tokens import Items, fetch_data, number

# What a complete answer about a UID holds; None for a message that nobody asked about.
Wanted: TypeAlias = Callable[[int], frozenset[bytes] | None]

_UNSOLICITED = frozenset((b"FLAGS", b"MODSEQ", b"X-GM-LABELS"))


class Attribution:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        # What is known in part, by UID; which UID a sequence number has; data without UID.
        self._known: dict[int, Items] = {}
        self._uids: dict[int, int] = {}
        self._nameless: dict[int, Items] = {}
        # Data without UID was dropped because its sequence number means nothing any more.
        self._lost = False

    def take(self, response: Response) -> tuple[int, Items] | None:
        """UID and attributes of a message of which now all is known. Raises Malformed."""
        found = fetch_data(response)
        if found is None:
            if response.text[-8:].upper() == b" EXPUNGE":
                self._uids.clear()
                self._lost = self.drop_nameless()
            return None
        sequence, items = found
        uid = number(items.get(b"UID"))
        if uid is None:
            uid = self._uids.get(sequence)
            if uid is None:
                self._nameless.setdefault(sequence, {}).update(items)
                return None
        elif sequence:
            self._uids[sequence] = uid
            if sequence in self._nameless:
                items = self._nameless.pop(sequence) | items
        return self._complete(uid, items)

    def _complete(self, uid: int, items: Items) -> tuple[int, Items] | None:
        wanted = self._wanted(uid)
        if wanted is None:
            return None
        if uid in self._known or not wanted <= items.keys():
            known = self._known.setdefault(uid, {})
            known.update(items)
            if not wanted <= known.keys():
                return None
            items = self._known.pop(uid)
        return uid, items

    def forget(self, uid: int) -> None:
        self._known.pop(uid, None)

    def drop_nameless(self) -> bool:
        """Whether somebody's data came without any UID, beyond flags that nobody asked for."""
        nameless, self._nameless = self._nameless, {}
        lost, self._lost = self._lost, False
        return lost or any(items.keys() - _UNSOLICITED for items in nameless.values())
