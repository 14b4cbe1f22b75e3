"""Somebody else than root, for programs that refuse to run as root.

Where the kernel allows it, root becomes another user in a user namespace, and files keep their
owner. Containers often forbid that: then the program runs as another user indeed, which needs a
place that this user may enter.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm_inbox.local.processes import LocalServerError

# Survives a restart of the machine, unlike /tmp.
SHARED = Path("/var/tmp")  # noqa: S108 - the folder made in it is checked for its owner


@dataclass(frozen=True)
class OrdinaryUser:
    """How to run a program: what comes before its command, and as which user."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    def home(self, folder: Path) -> Path:
        """Where the data of `folder` is kept: there, unless that other user cannot enter it."""
        if self.uid is None:
            return folder
        mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
        home = SHARED / f"crm-inbox-{self.uid}-{mark}"
        if not home.exists():
            home.mkdir(mode=0o700)
            os.chown(home, self.uid, self.uid)
        check_owner(home, self.uid)
        return home

    def can_run(self, program: Path) -> bool:
        """Whether this user may enter the folders down to the program."""
        try:
            asked = subprocess.run(
                [*self.prefix, str(program), "--version"],
                capture_output=True,
                check=False,
                user=self.uid,
                group=self.uid,
                extra_groups=None if self.uid is None else [],
            )
        except OSError:
            return False
        return asked.returncode == 0


@cache
def ordinary_user() -> OrdinaryUser:
    """Oneself, or where this process is root's, somebody else."""
    if os.getuid() != 0:
        return OrdinaryUser()
    # The name must be known: initdb looks its own user up. Every system has nobody.
    uid = pwd.getpwnam("nobody").pw_uid
    namespace = ("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}")
    if shutil.which("unshare"):
        tried = subprocess.run([*namespace, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return OrdinaryUser(prefix=namespace)
    return OrdinaryUser(uid=uid)


def check_owner(folder: Path, uid: int) -> None:
    """Refuse a folder in a shared place that somebody else may have made first."""
    if folder.is_symlink() or folder.stat().st_uid != uid:
        raise LocalServerError(f"The folder {folder} belongs to somebody else.")
    folder.chmod(0o700)
