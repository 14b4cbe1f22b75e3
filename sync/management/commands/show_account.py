from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.db.models import Count

from sync import foreground, problems, runs
from sync.models import Account, LedgerEntry, Run


class Command(BaseCommand):
    help = "Show the state of an account: its folders, what became of every message, its runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="its number or address")

    def handle(self, *args: object, account: str, **options: object) -> None:
        found = foreground.find_account(account)
        self.stdout.write(f"{found} at {found.host}: {found.get_state_display()}")
        if found.problem:
            self.stdout.write(f"  {problems.explain(found.problem).sentence}")
        self._show_ledger(found)
        for run in Run.objects.filter(account=found).order_by("created_at"):
            told = runs.progress(run)
            self.stdout.write(
                f"{run.get_kind_display()}: {run.get_state_display()}, {told.done} of {told.total}"
            )

    def _show_ledger(self, account: Account) -> None:
        rows = LedgerEntry.objects.filter(folder__account=account, expunged_at=None)
        counted = rows.values_list("folder__name", "state", "reason").annotate(count=Count("pk"))
        for folder, state, reason, count in counted.order_by("folder__name", "state", "reason"):
            what = LedgerEntry.Reason(reason) if reason else LedgerEntry.State(state)
            self.stdout.write(f"  {folder}: {count} {what.label}")
