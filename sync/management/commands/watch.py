import asyncio
import os
import signal
import socket
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from sync.watching.process import Process


class Command(BaseCommand):
    help = (
        "Wait for new mail at the servers of all accounts, and have it fetched at once."
        " Several of these share the accounts."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", help="of this watcher, unlike all others'; host and process")

    def handle(self, *args: object, name: str | None, **options: object) -> None:
        asyncio.run(_run(name or f"{socket.gethostname()}:{os.getpid()}"))


async def _run(name: str) -> None:
    process = Process(name[:64])
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, process.stop)
    await process.run()
