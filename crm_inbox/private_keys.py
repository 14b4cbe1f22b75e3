"""Keys that an installation makes for itself on its first start.

A known default key would be every installation's key, so the first start writes its own to a
file in the data folder that only its owner can read.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def random_text() -> str:
    """64 random bytes as URL-safe text."""
    return secrets.token_urlsafe(64)


def own_key(folder: Path, name: str, make: Callable[[], str] = random_text) -> str:
    """The key kept in folder/name, made on the first call.

    Safe when several processes start at once: the file appears complete or not at all, and
    the first writer wins.
    """
    path = folder / name
    if not path.exists():
        _create(path, make())
    return path.read_text(encoding="ascii").strip()


def _create(path: Path, key: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
