"""Accounts that have something to do, and the queues in which workers are asked for them."""

import os

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from redis import Redis

from sync.models import Account, Run

QUEUES = ("live", "first", "past", "index")


@pytest.fixture
def queue() -> Redis:
    """The broker, with empty queues."""
    redis: Redis = Redis.from_url(os.environ["REDIS_URL"])
    redis.delete(*QUEUES)
    return redis


def make_account(name: str) -> Account:
    owner, _ = User.objects.get_or_create(username="anna")
    now = timezone.now()
    return Account.objects.create(
        owner=owner, username=name, address=f"{name}@demo.example", host="127.0.0.1", port=1,
        first_sync_done_at=now, checked_at=now, listed_at=now,
    )  # fmt: skip


def open_run(account: Account, kind: str) -> Run:
    return account.runs.create(kind=kind, state=Run.State.RUNNING)
