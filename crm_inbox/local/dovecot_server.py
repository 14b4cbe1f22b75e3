"""Dovecot as the demo's mail server, on machines that have it."""

from pathlib import Path

from crm_inbox.local.dovecot import Dovecot, available


class DovecotServer:
    """An ImapServer that keeps its mail in a folder."""

    name = "Dovecot"
    comfortable_count = 3000
    keeps_mail = True

    def __init__(self, folder: Path, username: str, password: str) -> None:
        self._folder, self._user, self._password = folder, username, password
        self._dovecot: Dovecot | None = None

    @staticmethod
    def available() -> bool:
        return available()

    @property
    def port(self) -> int:
        return self._dovecot.port if self._dovecot else 0

    def start(self) -> None:
        """Returns once it answers, on `port`. Raises LocalServerError."""
        # Made here: the folder may have been emptied since.
        self._dovecot = Dovecot(self._folder)
        self._dovecot.add_user(self._user, self._password)
        self._dovecot.start()

    def stop(self) -> None:
        if self._dovecot is not None:
            self._dovecot.stop()
