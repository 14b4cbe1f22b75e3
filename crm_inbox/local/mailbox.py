"""`python -m crm_inbox.local.mailbox FOLDER`: the demo's mailbox on a Dovecot of its own.

For docker-compose.yml. It is filled on the first start, then a mail comes every minute or so.
Once it is full, FOLDER/ready appears; the password is in FOLDER/imap_password.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from crm_inbox.demo.mailbox import ADDRESS
from crm_inbox.local.children import say
from crm_inbox.local.demo_mailbox import DemoMailbox
from crm_inbox.local.dovecot import Dovecot
from crm_inbox.local.dovecot_server import DovecotServer
from crm_inbox.local.processes import LocalServerError
from crm_inbox.private_keys import own_key


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        serve(options.folder, options.listen, options.port, ended)
    except LocalServerError as error:
        say("mail", str(error))
        return 1
    return 0


def serve(folder: Path, listen: str, port: int, ended: threading.Event) -> None:
    """Raises LocalServerError where Dovecot does not start."""
    password = own_key(folder, "imap_password")
    ready = folder / "ready"
    ready.unlink(missing_ok=True)
    dovecot = Dovecot(folder / "imap", listen=listen)
    dovecot.add_user(ADDRESS, password)
    dovecot.start(port)
    try:
        mailbox = DemoMailbox(folder, password, DovecotServer.comfortable_count)
        if not mailbox.filled:
            say("mail", f"{mailbox.fill(dovecot.port)} messages are in the mailbox")
        ready.touch()
        while not ended.wait(0.5):
            if mailbox.deliver_when_due(dovecot.port):
                say("mail", "a message arrives")
    finally:
        ready.unlink(missing_ok=True)
        dovecot.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
