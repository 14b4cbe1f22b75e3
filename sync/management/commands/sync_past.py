from argparse import ArgumentParser
from typing import Literal

from django.core.management.base import BaseCommand, CommandError

from sync import foreground, runs
from sync.models import Coverage


class Command(BaseCommand):
    help = "Bring past emails of an account, in the foreground."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="its number or address")
        parser.add_argument("months", type=int, choices=runs.INTERVALS)
        parser.add_argument("--scope", choices=Coverage.Scope.values, default="everyone")
        parser.add_argument("--restore", action="store_true", help="what was deleted here, too")

    def handle(
        self,
        *args: object,
        account: str,
        months: int,
        scope: Literal["everyone", "contacts"],
        restore: bool,
        **options: object,
    ) -> None:
        found = foreground.find_account(account)
        try:
            run = runs.start_past_sync(found, months, scope, restore)
        except runs.NotYet as error:
            raise CommandError(f"The first sync of {found} is not done yet.") from error
        except runs.AlreadyRunning as error:
            raise CommandError(f"Past emails of {found} are coming already.") from error
        foreground.work(found)
        self.stdout.write(f"{runs.progress(run).done} messages were looked at.")
