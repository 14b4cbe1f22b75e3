from argparse import ArgumentParser
from functools import partial

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
        parser.add_argument("--imap-port", type=int, required=True)

    @transaction.atomic
    def handle(self, *args: object, imap_port: int, **options: object) -> None:
        user = installation.user()
        installation.contacts()
        password = own_key(settings.DATA_DIR, "imap_password")
        account = installation.account(user, imap_port, password)
        runs.start_first_sync(account)
        transaction.on_commit(partial(tasks.wake, account.pk))
