"""Accounts that have something to do, and the queues in which workers are asked for them."""

from django.contrib.auth.models import User
from django.utils import timezone

from sync.models import Account, Run

QUEUES = ("live", "first", "past", "index")


def make_account(name: str) -> Account:
    owner, _ = User.objects.get_or_create(username="anna")
    now = timezone.now()
    return Account.objects.create(
        owner=owner, username=name, address=f"{name}@demo.example", host="127.0.0.1", port=1,
        first_sync_done_at=now, checked_at=now, listed_at=now,
    )  # fmt: skip


def open_run(account: Account, kind: str) -> Run:
    return account.runs.create(kind=kind, state=Run.State.RUNNING)
