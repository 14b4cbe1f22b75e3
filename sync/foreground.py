"""Sync in the foreground, for commands: the same engine, with progress bars."""

import os
import socket

from django.core.management.base import CommandError
from tqdm import tqdm

from sync import allowance, engine, problems, runs
from sync.models import Account

_SLICE_SECONDS = 2.0


def find_account(key: str) -> Account:
    """By its number or address. Raises CommandError."""
    accounts = Account.objects.filter(**({"pk": key} if key.isdigit() else {"address": key}))[:2]
    if len(accounts) != 1:
        reason = "Several accounts have" if accounts else "No account has"
        raise CommandError(f"{reason} the number or address {key}.")
    return accounts[0]


def work(account: Account) -> None:
    """Until nothing is left to do. Raises CommandError with the problem in words."""
    holder = f"{socket.gethostname()}:{os.getpid()}"[:64]
    watched = {run.pk: run for run in engine.open_runs(account)}
    bars = {pk: tqdm(desc=run.get_kind_display(), unit=" mails") for pk, run in watched.items()}
    more = True
    while more:
        more = engine.work(account.pk, holder, _SLICE_SECONDS)
        for pk, bar in bars.items():
            told = runs.progress(watched[pk])
            bar.total, bar.n = told.total, told.done
            bar.refresh()
    for bar in bars.values():
        bar.close()
    account.refresh_from_db()
    _check(account)


def _check(account: Account) -> None:
    if account.problem:
        problem = problems.explain(account.problem)
        raise CommandError(f"{account}: {problem.sentence} {problem.advice}")
    if account.state != Account.State.ACTIVE:
        raise CommandError(f"{account} is not synced: {account.get_state_display()}.")
    if allowance.is_used_up(account):
        raise CommandError(f"{account}: the provider gives no more past mail today.")
    if engine.open_runs(account):
        raise CommandError(f"Another worker syncs {account} at the moment.")
