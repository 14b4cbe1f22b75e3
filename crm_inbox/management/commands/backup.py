from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from crm_inbox import backup


class Command(BaseCommand):
    help = "Everything of this installation into a new folder: the database and the keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: object, folder: Path, **options: object) -> None:
        try:
            backup.save(folder)
        except backup.BackupFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder} holds everything. Keep it as safe as the mail itself.")
