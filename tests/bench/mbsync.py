"""mbsync (isync) with its defaults, STARTTLS included, pulling a mailbox into an empty Maildir."""

import shutil
import subprocess
import time
from pathlib import Path

CONFIG = """\
IMAPAccount bench
Host 127.0.0.1
Port {port}
User {user}
Pass "{password}"
CertificateFile {certificate}

IMAPStore far
Account bench

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX
SubFolders Verbatim

Channel bench
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull
SyncState *
"""


def pull(folder: Path, port: int, certificate: Path, user: str, password: str) -> float:
    """Seconds it takes. Raises CalledProcessError."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mail").mkdir(parents=True)
    config = folder / "mbsyncrc"
    config.write_text(
        CONFIG.format(
            port=port, certificate=certificate, user=user, password=password, folder=folder
        )
    )
    began = time.monotonic()
    subprocess.run(["mbsync", "-q", "-c", str(config), "bench"], check=True)
    seconds = time.monotonic() - began
    shutil.rmtree(folder)
    return seconds
