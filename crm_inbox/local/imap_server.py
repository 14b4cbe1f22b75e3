"""The mail server behind the demo: Dovecot where the machine has it, else pymap."""

from pathlib import Path
from typing import Protocol

from crm_inbox.local.dovecot_server import DovecotServer
from crm_inbox.local.processes import LocalServerError
from crm_inbox.local.pymap_server import Pymap


class ImapServer(Protocol):
    """One mailbox, on a loopback port, without TLS."""

    # For people.
    name: str
    # How many messages it serves with ease.
    comfortable_count: int
    # Whether the mail is still there at the next start.
    keeps_mail: bool

    @property
    def port(self) -> int:
        """0 before the first start."""

    def start(self) -> None:
        """Returns once it answers, on `port`. Raises LocalServerError."""

    def stop(self) -> None:
        """Returns once it has ended; nothing happens where it does not run."""


def imap_server(folder: Path, username: str, password: str) -> ImapServer:
    """The best server that this machine has, not started. Raises LocalServerError."""
    for server in (DovecotServer, Pymap):
        if server.available():
            return server(folder, username, password)
    raise LocalServerError(
        "No mail server for the demo: install the packages of requirements-demo.txt, or Dovecot."
    )
