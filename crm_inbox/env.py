"""Readers for settings that come from the environment; they fail loudly, naming the variable.

For every variable NAME, NAME_FILE may name a file that holds the value instead, or the folder
SECRETS_DIR may have a file of that name in small letters, which keeps secrets out of process
lists, compose files and what `docker inspect` shows.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sync.reach import Reach

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The variable's text, or the content of its file, stripped.

    Raises ImproperlyConfigured when both are set, a file cannot be read, or none is set and
    there is no default. A file in SECRETS_DIR need not be there.
    """
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    if path:
        return _read(f"{name}_FILE", Path(path))
    if folder := os.environ.get("SECRETS_DIR"):
        kept = Path(folder) / name.lower()
        if _is_there(kept):
            if value is not None:
                raise ImproperlyConfigured(f"Set {name} or keep {kept}, not both.")
            return _read("SECRETS_DIR", kept)
    if value is not None:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return default


def place(name: str) -> str:
    """Where `text` finds the variable's value, in words for the administrator; "" where nowhere."""
    for variable in (name, f"{name}_FILE"):
        if os.environ.get(variable):
            return variable
    folder = os.environ.get("SECRETS_DIR")
    kept = Path(folder or "") / name.lower()
    return str(kept) if folder and _is_there(kept) else ""


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise ImproperlyConfigured(f"SECRETS_DIR: cannot enter {path.parent}.") from error


def _read(variable: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{variable}: cannot read {path}: {error.strerror}.") from error


def flag(name: str, default: bool) -> bool:
    """A yes/no variable; raises ImproperlyConfigured for any other word."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number of at least `least`; raises ImproperlyConfigured for anything else."""
    value = text(name, str(default)).strip()
    try:
        found = int(value)
    except ValueError:
        found = least - 1
    if found < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least}, not {value!r}.")
    return found


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of some words; raises ImproperlyConfigured for any other."""
    value = text(name, default).strip().lower()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def words(name: str, default: str) -> list[str]:
    """A list separated by commas; blanks around each item and empty items are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks separated by commas; none where it is not set."""
    try:
        return [ip_network(word) for word in words(name, "")]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error


def reach(name: str) -> Reach:
    """Hosts and networks separated by commas, or yes for all; nothing where it is not set."""
    try:
        return Reach.of(words(name, ""))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def limits(name: str) -> dict[str, int]:
    """Numbers by host, `host=number` separated by commas; raises ImproperlyConfigured."""
    found = {}
    for word in words(name, ""):
        host, _, value = word.partition("=")
        if not host.strip() or not value.strip().isdecimal() or int(value) < 1:
            raise ImproperlyConfigured(f"{name} must be like imap.example=10, not {word!r}.")
        found[host.strip().lower()] = int(value)
    return found
