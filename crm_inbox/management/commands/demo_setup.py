from argparse import ArgumentParser
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from crm_inbox.demo import installation
from crm_inbox.private_keys import own_key
from sync import runs, tasks


class Command(BaseCommand):
    help = "The demo's user, contacts and mail account, where they are missing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--imap-host", default="127.0.0.1")
        parser.add_argument("--imap-port", type=int, required=True)
        parser.add_argument("--password-file", type=Path, help="the mailbox's password")

    @transaction.atomic
    def handle(
        self,
        *args: object,
        imap_host: str,
        imap_port: int,
        password_file: Path | None,
        **options: object,
    ) -> None:
        user = installation.user()
        installation.contacts()
        path = password_file or settings.DATA_DIR / "imap_password"
        account = installation.account(user, imap_host, imap_port, own_key(path.parent, path.name))
        runs.start_first_sync(account)
        transaction.on_commit(partial(tasks.wake, account.pk))
