from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from sync import foreground
from sync.models import Account


class Command(BaseCommand):
    help = "Sync an account now, in the foreground: its open runs, and new mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="its number or address")

    def handle(self, *args: object, account: str, **options: object) -> None:
        found = foreground.find_account(account)
        Account.objects.filter(pk=found.pk).update(checked_at=None)
        foreground.work(found)
        self.stdout.write(f"{found} is up to date.")
