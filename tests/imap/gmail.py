"""Gmail as its IMAP server shows it: one message, many labels, each label a folder.

X-GM-EXT-1 (Gmail IMAP extensions): every message but Spam and Trash lies in All Mail under one
X-GM-MSGID; a folder is a view with UIDs of its own. Names are those of a Polish account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from tests.imap.fetching import Letter
from tests.imap.provider import Place, Provider

OFFERED = (
    "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS ENABLE MOVE"
    " CONDSTORE ESEARCH UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE SASL-IR"
    " AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER"
)
INBOX, SENT, DRAFT = b"\\Inbox", b"\\Sent", b"\\Draft"
STARRED, IMPORTANT = b"\\Starred", b"\\Important"
ALL_MAIL, SPAM, TRASH = b"[Gmail]/Wszystkie", b"[Gmail]/Spam", b"[Gmail]/Kosz"
FOLDERS = {
    INBOX: (b"INBOX", ""),
    SENT: (b"[Gmail]/Wys&AUI-ane", "\\Sent"),
    DRAFT: (b"[Gmail]/Wersje robocze", "\\Drafts"),
    STARRED: (b"[Gmail]/Oznaczone gwiazdk&AQU-", "\\Flagged"),
    IMPORTANT: (b"[Gmail]/Wa&AXw-ne", "\\Important"),
}


class Gmail(Provider):
    def __init__(self, labels: Sequence[bytes] = (), slowly: bool = False) -> None:
        super().__init__(slowly=slowly)
        self.offered = OFFERED
        shown = [
            (b"[Gmail]", "\\HasChildren \\Noselect"),
            *FOLDERS.values(),
            *((ALL_MAIL, "\\All"), (SPAM, "\\Junk"), (TRASH, "\\Trash")),
            *((label, "") for label in labels),
        ]
        self.places = {name: Place(name, attributes) for name, attributes in shown}
        self.places[b"[Gmail]"].selectable = False
        self._numbers = count(1_790_000_000_000_000_001)

    def receive(
        self,
        raw: bytes,
        date: datetime,
        labels: Sequence[bytes] = (INBOX,),
        folder: bytes = ALL_MAIL,
        thread: int = 0,
    ) -> Letter:
        """A new message; a thread of its own unless it belongs to another one."""
        number = next(self._numbers)
        letter = Letter(raw, date, number=number, thread=thread or number)
        self.places[folder].put(letter)
        self._touch(letter)
        for label in labels:
            self.label(letter, label)
        return letter

    def label(self, letter: Letter, label: bytes) -> None:
        letter.labels.add(label)
        self._folder(label).put(letter)
        self._touch(letter)

    def unlabel(self, letter: Letter, label: bytes) -> None:
        letter.labels.discard(label)
        _take_out(self._folder(label), letter)
        self._touch(letter)

    def move(self, letter: Letter, source: bytes, target: bytes) -> None:
        """Between All Mail, Spam and Trash; its labels go."""
        for label in list(letter.labels):
            self.unlabel(letter, label)
        _take_out(self.places[source], letter)
        self.places[target].put(letter)
        self._touch(letter)

    def _folder(self, label: bytes) -> Place:
        return self.places[FOLDERS[label][0] if label in FOLDERS else label]

    def _touch(self, letter: Letter) -> None:
        letter.modseq = self.change()


def _take_out(place: Place, letter: Letter) -> None:
    place.letters = {uid: one for uid, one in place.letters.items() if one is not letter}
