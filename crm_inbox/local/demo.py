"""`make demo`: a mailbox full of mail, its servers and the site, until Ctrl-C.

    PostgreSQL, Valkey, IMAP -> migrate, fill the mailbox -> web, workers, watcher, beat -> account

Everything is kept in one folder, so the next start goes on where this one ended. Nothing
outlives the runner, even when it is killed.
"""

import fcntl
import imaplib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from crm_inbox.demo.choices import PASSWORD, USERNAME
from crm_inbox.demo.mailbox import ADDRESS
from crm_inbox.local import postgres, valkey
from crm_inbox.local.children import Child, say
from crm_inbox.local.demo_mailbox import DemoMailbox
from crm_inbox.local.imap_server import ImapServer, imap_server
from crm_inbox.local.ports import LOOPBACK, answers, is_free
from crm_inbox.local.processes import LocalServerError, wait_until
from crm_inbox.private_keys import own_key

ROOT = Path(__file__).resolve().parent.parent.parent
WAIT_SECONDS = 60


def main(arguments: list[str]) -> int:
    """Run the demo, or forget it; what goes wrong is said in one sentence."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve() / "demo"
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_once)
    try:
        with _alone(folder):
            if arguments == ["clean"]:
                forget(folder)
            else:
                run(folder, _port())
    except KeyboardInterrupt:
        print("The demo has ended. `make demo` goes on where it was.")
    except LocalServerError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, imaplib.IMAP4.error) as error:
        print(f"The demo cannot go on: {error}", file=sys.stderr)
        return 1
    return 0


def _end_once(_number: int, _frame: object) -> NoReturn:
    """Everything is stopped in order; a second Ctrl-C does not leave half of it behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def forget(folder: Path) -> None:
    """Remove the demo's mail, databases and keys."""
    for server in (valkey, postgres):
        server.stop(folder)
    postgres.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)
    print("The demo is forgotten.")


def run(folder: Path, port: int) -> None:
    """Start everything, say where it is, and keep mail coming until Ctrl-C."""
    began = time.monotonic()
    with ExitStack() as running:
        environment = _servers(folder, running)
        imap, mailbox = _mail_server(folder, running)
        _prepare(environment, imap, mailbox)
        children = _site(environment, port, running)
        _manage(environment, "account", "demo_setup", "--imap-port", str(imap.port)).finish()
        took = timedelta(seconds=round(time.monotonic() - began))
        _announce(port, took)
        while not _ended(children):
            _deliver(mailbox, imap)
            time.sleep(0.5)


def _servers(folder: Path, running: ExitStack) -> dict[str, str]:
    """The environment for the site's processes, whose servers run."""
    say("demo", "PostgreSQL and Valkey start")
    running.callback(postgres.stop, folder)
    running.callback(valkey.stop, folder)
    ours = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": postgres.ensure(folder, die_with_us=True),
        "REDIS_URL": valkey.ensure(folder, die_with_us=True),
        "DEBUG": "no",
        "HTTPS": "no",
        # The demo's own mail server.
        "ALLOW_PRIVATE_HOSTS": LOOPBACK,
        "PYTHONUNBUFFERED": "1",
    }
    theirs = {
        name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours
    }
    return {"SYNC_POLL_SECONDS": "10"} | theirs | ours


def _mail_server(folder: Path, running: ExitStack) -> tuple[ImapServer, DemoMailbox]:
    password = own_key(folder, "imap_password")
    imap = imap_server(folder / "imap", ADDRESS, password)
    mailbox = DemoMailbox(folder, password, imap.comfortable_count)
    if not mailbox.filled:
        # Half filled, by a start that was broken off.
        shutil.rmtree(folder / "imap", ignore_errors=True)
    say("demo", f"{imap.name} starts as the mail server")
    running.callback(imap.stop)
    imap.start()
    return imap, mailbox


def _prepare(environment: dict[str, str], imap: ImapServer, mailbox: DemoMailbox) -> None:
    """Tables, translations and style sheets, while the mailbox is filled."""
    preparing = _manage(environment, "setup", "prepare")
    try:
        if not mailbox.filled or not imap.keeps_mail:
            say("demo", "the mailbox is filled")
            say("demo", f"{mailbox.fill(imap.port)} messages are in it")
        preparing.finish()
    finally:
        preparing.stop(0)


def _site(environment: dict[str, str], port: int, running: ExitStack) -> list[Child]:
    """Web, workers, watcher and beat; returns once the web answers."""
    folder = Path(environment["DATA_DIR"])
    granian = ["granian", "--interface=wsgi", f"--host={LOOPBACK}", f"--port={port}"]
    granian += ["--blocking-threads=4", "--log-level=warning", "crm_inbox.wsgi:application"]
    celery = ["celery", "-A", "crm_inbox", "--quiet"]
    worker = [*celery, "worker", "--loglevel=WARNING", "--without-mingle", "--without-gossip"]
    everything = [*worker, "--queues=live,first,past,index", "--concurrency=2"]
    # New mail waits for no past emails.
    new_mail = [*worker, "--hostname=live@%h", "--queues=live,index", "--concurrency=1"]
    beat = [*celery, "beat", f"--schedule={folder / 'beat'}", "--pidfile=", "--loglevel=WARNING"]
    watcher = _manage(environment, "watch", "watch")
    running.callback(watcher.stop, 5)
    children = [
        watcher,
        _child(environment, "worker", everything, 12, running, signal.SIGQUIT),
        _child(environment, "live", new_mail, 12, running, signal.SIGQUIT),
        _child(environment, "beat", beat, 5, running),
        _child(environment, "web", granian, 5, running),
    ]
    web = children[-1]
    wait_until(lambda: answers(port) or web.status is not None, WAIT_SECONDS)
    if web.status is not None or not answers(port):
        raise LocalServerError("The web server does not start; its words are above.")
    return children


def _child(
    environment: dict[str, str],
    name: str,
    module: list[str],
    grace: float,
    running: ExitStack,
    dying: signal.Signals = signal.SIGTERM,
) -> Child:
    child = Child(name, [sys.executable, "-m", *module], environment, dying)
    running.callback(child.stop, grace)
    return child


def _manage(environment: dict[str, str], name: str, *command: str) -> Child:
    return Child(name, [sys.executable, str(ROOT / "manage.py"), *command], environment)


def _announce(port: int, took: timedelta) -> None:
    print(
        f"\n  CRM Inbox runs ({took} to start):  http://{LOOPBACK}:{port}/\n"
        f"  Sign in as {USERNAME}, password {PASSWORD}.\n"
        "  New mail arrives every minute or so. Ctrl-C ends it all.\n",
        flush=True,
    )


def _ended(children: list[Child]) -> bool:
    for child in children:
        if child.status is not None:
            raise LocalServerError(f"The {child.name} process has ended, so the demo ends too.")
    return False


def _deliver(mailbox: DemoMailbox, imap: ImapServer) -> None:
    try:
        if mailbox.deliver_when_due(imap.port):
            say("mail", "a message arrives")
    except (OSError, imaplib.IMAP4.error) as error:
        say("mail", f"a message could not be delivered: {error}")


def _port() -> int:
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise LocalServerError(f"PORT must be a number from 1 to 65535, not {value}.")
    if not is_free(int(value)):
        raise LocalServerError(
            f"Port {value} is taken. Choose another: make demo PORT={int(value) % 65535 + 1}"
        )
    return int(value)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "demo.lock").open("w")
    except OSError as error:
        raise LocalServerError(f"Cannot write to {folder}: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "The demo runs already; Ctrl-C in its window ends it."
            raise LocalServerError(message) from error
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
