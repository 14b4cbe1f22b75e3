"""Mail written as Maildir++ files, which a server with inotify notices at once."""

import datetime as dt
import itertools
import os
import time
from collections.abc import Iterable
from pathlib import Path

from sync.wire.names import encode_name

# Maildir's letters for flags.
_LETTERS = {
    r"\Draft": "D",
    r"\Flagged": "F",
    r"\Answered": "R",
    r"\Seen": "S",
    r"\Deleted": "T",
}


class Maildirs:
    """The mailboxes below `root`, one folder a user. `uid` owns them, where it is not us."""

    def __init__(self, root: Path, separator: str, uid: int | None = None) -> None:
        self._root = root
        self._separator = separator
        self._uid = uid
        self._deliveries = itertools.count()

    def add_folder(self, user: str, folder: str) -> Path:
        """Make a folder, named as people see it, where it is not there yet."""
        path = self._path(user, folder)
        if not (path / "cur").is_dir():
            for each in (self._root, self._root / user, path, path / "tmp", path / "new"):
                self._make(each)
            if folder != "INBOX":
                (path / "maildirfolder").touch()
                self._give(path / "maildirfolder")
            self._make(path / "cur")
        return path

    def deliver(
        self,
        user: str,
        folder: str,
        raw: bytes,
        internaldate: dt.datetime | None,
        flags: Iterable[str],
    ) -> Path:
        """Put a message there. UIDs follow the order of delivery; `internaldate` is aware."""
        path = self.add_folder(user, folder)
        letters = "".join(sorted(self._letter(path, flag) for flag in set(flags)))
        bare = raw.count(b"\n") - raw.count(b"\r\n")
        name = (
            f"{int(time.time())}.M{next(self._deliveries):06d}P{os.getpid()}.localhost"
            f",S={len(raw)},W={len(raw) + bare}:2,{letters}"
        )
        written = path / "tmp" / name
        written.write_bytes(raw)
        self._give(written)
        if internaldate is not None:
            os.utime(written, (internaldate.timestamp(),) * 2)
        return written.rename(path / "cur" / name)

    def _path(self, user: str, folder: str) -> Path:
        if folder == "INBOX":
            return self._root / user
        # Maildir++ divides levels by dots, whatever clients see.
        name = encode_name(folder).decode().replace(self._separator, ".")
        return self._root / user / f".{name}"

    def _letter(self, path: Path, flag: str) -> str:
        if flag.startswith("\\"):
            return _LETTERS[flag]
        # Dovecot's own file, which gives the letters from `a` on a meaning.
        known = path / "dovecot-keywords"
        lines = known.read_text().splitlines() if known.exists() else []
        keywords = [line.split()[1] for line in lines]
        if flag not in keywords:
            keywords.append(flag)
            known.write_text("".join(f"{n} {word}\n" for n, word in enumerate(keywords)))
            self._give(known)
        return chr(ord("a") + keywords.index(flag))

    def _make(self, path: Path) -> None:
        if not path.exists():
            path.mkdir(mode=0o700)
            self._give(path)

    def _give(self, path: Path) -> None:
        if self._uid is not None:
            os.chown(path, self._uid, self._uid)
