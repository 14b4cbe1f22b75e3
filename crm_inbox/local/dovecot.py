"""A private Dovecot for the demo and the tests, where the machine has one."""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path

from crm_inbox.local.certificate import self_signed
from crm_inbox.local.dovecot_config import Plan
from crm_inbox.local.maildir import Maildirs
from crm_inbox.local.ordinary_user import ordinary_user
from crm_inbox.local.processes import LocalServerError, end, last_line_of, runs, start, wait_until

HOST = "127.0.0.1"
WAIT_SECONDS = 60
# Where distributions put it, beyond PATH.
_PLACES = ("/usr/sbin", "/usr/local/sbin", "/sbin")


def available() -> bool:
    """Whether this machine has Dovecot."""
    return _program() is not None


class Dovecot:
    """A server in a folder of its own, on 127.0.0.1, run by the current user.

    Mail is written as Maildir files, which Dovecot notices at once. What is in the folder stays
    when it stops. It ends with this process.
    """

    host = HOST

    def __init__(
        self,
        folder: Path,
        *,
        tls: bool = False,
        separator: str = "/",
        token_check: str = "",
        listen: str = HOST,
    ) -> None:
        """`token_check` is where an authorisation server tells whether a token is good; `listen`
        the address for others than this machine, which reach it inside a private network only.
        """
        # Dovecot hands out no mail as root.
        self._user = ordinary_user()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = self._user.home(folder.resolve())
        self.port = 0
        # 0 without TLS.
        self.tls_port = 0
        self._tls = tls
        self._separator = separator
        self._token_check = token_check
        self._listen = listen
        self._pid: int | None = None
        self._sockets = self.folder / "sockets"
        self._mail = Maildirs(self.folder / "mail", separator, self._user.uid)

    def __enter__(self) -> Dovecot:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def certificate(self) -> Path:
        """The server's own certificate, for whoever shall trust it."""
        return self.folder / "certificate.pem"

    @property
    def _key(self) -> Path:
        return self.folder / "key.pem"

    @property
    def running(self) -> bool:
        return self._pid is not None and runs(self._pid)

    def start(self, port: int = 0) -> None:
        """Listen on `port`, or else on the one before, or else on a free one.

        Raises LocalServerError.
        """
        program = _program()
        if program is None:
            raise LocalServerError("Dovecot is not installed.")
        self.port = port or self.port or _free_port()
        if self._tls:
            self.tls_port = self.tls_port or _free_port()
            self_signed(self.certificate, self._key, HOST)
            self._give(self._key)
        self._make_sockets()
        plan = Plan(
            self.folder,
            self._sockets.readlink(),
            self.port,
            self.tls_port,
            self._separator,
            self._token_check,
            self._listen,
        )
        for name, text in plan.files().items():
            config = self.folder / name
            config.write_text(text)
            self._give(config)
        self._pid = start(
            [*self._user.prefix, program, "-F", "-c", str(self.folder / "dovecot.conf")],
            self.folder / "output.log",
            uid=self._user.uid,
            die_with_us=signal.SIGTERM,
        ).pid
        if not wait_until(self._answers, WAIT_SECONDS):
            self.kill()
            said = last_line_of(self.folder / "output.log")
            raise LocalServerError(f"Dovecot does not start: {said}")

    def stop(self) -> None:
        """End it and every connection to it."""
        if self._pid is not None and not end(self._pid, signal.SIGTERM, WAIT_SECONDS):
            self.kill()
        self._ended()

    def kill(self) -> None:
        """End it without a chance to say goodbye to anybody."""
        if self._pid is None:
            return
        family = [self._pid, *_children(self._pid)]
        for pid in family:
            end(pid, signal.SIGKILL, WAIT_SECONDS)
        self._ended()

    def add_user(self, user: str, password: str) -> None:
        """Make a mailbox, or give it another password. `user` holds no colon and no slash."""
        users = self.folder / "users"
        lines = users.read_text().splitlines() if users.exists() else []
        secret = base64.b64encode(password.encode()).decode()
        kept = [line for line in lines if not line.startswith(f"{user}:")]
        # At once: it may be read at any moment, and whoever is not there yet is refused.
        new = self.folder / "users.new"
        new.touch(mode=0o600)
        new.write_text("\n".join([*kept, f"{user}:{{PLAIN.b64}}{secret}::::::", ""]))
        self._give(new)
        new.replace(users)
        self.add_folder(user, "INBOX")

    def add_folder(self, user: str, folder: str) -> None:
        """Make a folder, named as people see it, where it is not there yet."""
        self._mail.add_folder(user, folder)

    def deliver(
        self,
        user: str,
        folder: str,
        raw: bytes,
        internaldate: dt.datetime | None = None,
        flags: Iterable[str] = (),
    ) -> Path:
        r"""Put a message there; the file it is in. `flags`: `\Seen` and the like, keywords.

        UIDs follow the order of delivery. `internaldate` (aware) is now where it is not given.
        """
        return self._mail.deliver(user, folder, raw, internaldate, flags)

    def _make_sockets(self) -> None:
        """A folder for sockets, whose paths hold at most 107 bytes; a link to it in ours."""
        self._remove_sockets()
        sockets = Path(tempfile.mkdtemp(prefix="crm-inbox-dovecot-"))
        sockets.chmod(0o755)
        self._give(sockets)
        self._sockets.symlink_to(sockets)

    def _remove_sockets(self) -> None:
        if self._sockets.is_symlink():
            shutil.rmtree(self._sockets.readlink(), ignore_errors=True)
            self._sockets.unlink()

    def _give(self, path: Path) -> None:
        if self._user.uid is not None:
            os.chown(path, self._user.uid, self._user.uid)

    def _ended(self) -> None:
        self._pid = None
        self._remove_sockets()

    def _answers(self) -> bool:
        if not self.running:
            return True
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as asked:
                return asked.recv(4) == b"* OK"
        except OSError:
            return False


def _program() -> str | None:
    return shutil.which("dovecot", path=os.pathsep.join((os.environ.get("PATH", ""), *_PLACES)))


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        port: int = asked.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    """The processes that this one started, which the kernel lists on Linux."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []
