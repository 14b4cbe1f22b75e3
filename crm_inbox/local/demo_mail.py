"""Puts mail into the demo's mailbox, over IMAP as any mail program would."""

import imaplib
import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from crm_inbox.demo.mailbox import DemoMail
from crm_inbox.local.ports import LOOPBACK
from sync.wire.names import encode_name


class MailWriter:
    """A connection that appends; a context manager. Raises imaplib.IMAP4.error and OSError."""

    def __init__(self, port: int, username: str, password: str) -> None:
        self._connection = imaplib.IMAP4(LOOPBACK, port, timeout=30)
        # An APPEND is several small packets, each of which would wait for an answer.
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.login(username, password)
        answer = _checked(self._connection.list('""', '""'))
        self._delimiter = answer.split('"')[1] if '"' in answer else "/"

    def __enter__(self) -> "MailWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            self._connection.logout()
        except (OSError, imaplib.IMAP4.error):
            self._connection.shutdown()

    def create(self, folders: Iterable[str]) -> None:
        """Make these folders where they are missing."""
        for folder in folders:
            if self._connection.status(self._wire_name(folder), "(MESSAGES)")[0] != "OK":
                _checked(self._connection.create(self._wire_name(folder)))

    def append(self, mail: DemoMail) -> None:
        flags = " ".join(sorted(mail.flags | mail.keywords))
        when = imaplib.Time2Internaldate(mail.internaldate)
        _checked(
            self._connection.append(self._wire_name(mail.folder), f"({flags})", when, mail.raw)
        )

    def _wire_name(self, folder: str) -> str:
        name = encode_name(folder.replace("/", self._delimiter)).decode("ascii")
        return '"{}"'.format(name.replace("\\", r"\\").replace('"', r"\""))


def _checked(answer: tuple[str, list[Any]]) -> str:
    status, data = answer
    text = " ".join(part.decode(errors="replace") for part in data if isinstance(part, bytes))
    if status != "OK":
        raise imaplib.IMAP4.error(text)
    return text
