"""What a watcher needs for many silent accounts: memory, processor, and time to hear them all.

    python -m tests.bench.idle --accounts 1000

The mail server is one of our own, over TLS, for no real one here keeps a thousand people.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import ssl
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

from crm_inbox.local.certificate import self_signed
from tests.bench.fleet import PASSWORD, ROOT, Fleet, peak_mb, prepared, wait

LIMIT_MB = 300
QUIET_SECONDS = 60
ANSWERS = {
    b"AUTHENTICATE": b"",
    b"STATUS": b"* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1 HIGHESTMODSEQ 1)\r\n",
    b"EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 2] ok\r\n",
}
OFFERED = b"IMAP4rev1 AUTH=PLAIN SASL-IR IDLE CONDSTORE"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.idle")
    parser.add_argument("--accounts", type=int, default=1000)
    count = parser.parse_args().accounts
    folder = ROOT / ".build" / "idle"
    with prepared(folder) as fleet:
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        self_signed(certificate, key, "127.0.0.1")
        here, there = multiprocessing.Pipe()
        server = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(there, certificate, key), daemon=True
        )
        server.start()
        try:
            held = _watch(fleet, here.recv(), certificate, count)
        finally:
            server.terminate()
            server.join()
    return int(held > LIMIT_MB)


def _watch(fleet: Fleet, port: int, certificate: Path, count: int) -> float:
    """The most MB that the watcher has held."""
    from sync.models import Watch

    _connect(port, count)
    began = time.monotonic()
    watcher = subprocess.Popen(
        [sys.executable, "manage.py", "watch"],
        cwd=ROOT,
        env={**fleet.environment, "SSL_CERT_FILE": str(_trusted(certificate))},
    )
    try:
        wait(lambda: Watch.awake().count() == count, 600, "all accounts are heard")
        heard = time.monotonic() - began
        before = _processor_seconds(watcher.pid)
        time.sleep(QUIET_SECONDS)
        used = (_processor_seconds(watcher.pid) - before) / QUIET_SECONDS
        assert Watch.awake().count() == count
        held = peak_mb(watcher.pid)
    finally:
        watcher.terminate()
        watcher.wait()
    print(
        f"{count} accounts over TLS, all heard after {heard:.0f} s: {held:.0f} MB at most"
        f" (goal: {LIMIT_MB}), {used:.1%} of a processor"
    )
    return held


def _trusted(certificate: Path) -> Path:
    """The machine's list, which takes memory, with the server's own certificate."""
    usual = Path("/etc/ssl/certs/ca-certificates.crt")
    both = certificate.with_name("trusted.pem")
    both.write_bytes(certificate.read_bytes() + (usual.read_bytes() if usual.exists() else b""))
    return both


def _connect(port: int, count: int) -> None:
    """Accounts as they are after their first sync."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from sync.models import Account, Folder

    owner = User.objects.create(username="anna")
    now = timezone.now()
    account = Account(owner=owner, host="127.0.0.1", port=port, security="tls")
    account.set_secret(PASSWORD)
    accounts = Account.objects.bulk_create(
        Account(
            owner=owner, address=f"u{number}@crm.example", username=f"u{number}",
            host="127.0.0.1", port=port, security="tls", first_sync_done_at=now, checked_at=now,
            encrypted_secret=account.encrypted_secret,
        )
        for number in range(count)
    )  # fmt: skip
    Folder.objects.bulk_create(
        Folder(
            account=account, raw_name=b"INBOX", name="INBOX",
            messages=1, uidvalidity=1, uidnext=2, highestmodseq=1,
        )
        for account in accounts
    )  # fmt: skip


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(told: Connection, certificate: Path, key: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    asyncio.run(_listen(told, context))


async def _listen(told: Connection, context: ssl.SSLContext) -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, ssl=context, backlog=1000)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"* OK [CAPABILITY %s] ready\r\n" % OFFERED)
    idling = b""
    while line := await reader.readline():
        tag, _, command = line.rstrip().partition(b" ")
        word = command.split(b" ")[0].upper()
        if word == b"IDLE":
            idling = tag
            writer.write(b"+ idling\r\n")
        elif tag == b"DONE":
            writer.write(idling + b" OK done\r\n")
        elif word == b"CAPABILITY":
            writer.write(b"* CAPABILITY %s\r\n%s OK done\r\n" % (OFFERED, tag))
        else:
            writer.write(ANSWERS.get(word, b"") + tag + b" OK done\r\n")
    writer.close()


if __name__ == "__main__":
    sys.exit(main())
