from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from crm_inbox import backup


class Command(BaseCommand):
    help = "A backup into the empty database that DATABASE_URL names, with its keys."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: object, folder: Path, **options: object) -> None:
        try:
            backup.load(folder)
        except backup.BackupFailed as error:
            raise CommandError(str(error)) from error
        # The backup may be of an older version.
        call_command("prepare")
        self.stdout.write("Everything is back. Start web, workers, watcher and beat now.")
