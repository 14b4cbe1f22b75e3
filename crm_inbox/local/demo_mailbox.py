"""What the demo's mailbox holds: filled once, then one more mail every minute or so.

A server that forgets its mail at the end gets the same mail again at the next start: the letters
follow from the seed and from times that are kept here.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from crm_inbox.demo.choices import SEED
from crm_inbox.demo.mailbox import ADDRESS, FOLDERS, fresh, generate
from crm_inbox.local.demo_mail import MailWriter

BETWEEN_ARRIVALS = (40, 80)
# The first one soon: somebody is looking at an inbox that has just been filled.
UNTIL_FIRST_ARRIVAL = timedelta(seconds=25)


@dataclass
class Diary:
    """What has been put into the mailbox; times are ISO 8601 in UTC."""

    count: int
    made_at: str
    filled: bool = False
    arrivals: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, count: int) -> "Diary":
        """The diary of the last start; a new one for `count` messages where there is none."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls(count, datetime.now(UTC).replace(microsecond=0).isoformat())

    def write(self, path: Path) -> None:
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)


class DemoMailbox:
    """The mailbox of the demo, whichever server keeps it."""

    def __init__(self, folder: Path, password: str, count: int) -> None:
        """`count` is how many messages it begins with, unless it was made before."""
        self._path = folder / "mailbox.json"
        self._diary = Diary.read(self._path, count)
        self._password = password
        self._next = datetime.now(UTC) + UNTIL_FIRST_ARRIVAL
        self._pauses = Random(SEED)  # noqa: S311 - no secret

    @property
    def filled(self) -> bool:
        """False also after a start that was broken off while it was filled."""
        return self._diary.filled

    def fill(self, port: int) -> int:
        """Put everything into an empty mailbox; how many messages that were.

        Raises imaplib.IMAP4.error and OSError.
        """
        made_at = datetime.fromisoformat(self._diary.made_at)
        mails = list(generate(seed=SEED, count=self._diary.count, now=made_at))
        mails += [
            fresh(SEED, number, datetime.fromisoformat(when))
            for number, when in enumerate(self._diary.arrivals)
        ]
        with MailWriter(port, ADDRESS, self._password) as writer:
            writer.create(FOLDERS)
            for mail in mails:
                writer.append(mail)
        self._diary.filled = True
        self._diary.write(self._path)
        return len(mails)

    def deliver_when_due(self, port: int) -> bool:
        """One more mail when its time has come. Raises imaplib.IMAP4.error and OSError."""
        now = datetime.now(UTC).replace(microsecond=0)
        if now < self._next:
            return False
        self._next = now + timedelta(seconds=self._pauses.randint(*BETWEEN_ARRIVALS))
        mail = fresh(SEED, len(self._diary.arrivals), now)
        # Noted first: a mail that never comes is better than one that comes twice.
        self._diary.arrivals.append(now.isoformat())
        self._diary.write(self._path)
        with MailWriter(port, ADDRESS, self._password) as writer:
            writer.append(mail)
        return True
