"""What makes an account worth a look now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, models
from django.db.models.functions import Now

from sync.models.account import Account

_HEARD = """
INSERT INTO sync_news (account_id, heard_at) SELECT unnest(%s), now()
ON CONFLICT (account_id) DO UPDATE SET heard_at = excluded.heard_at
"""


class News(models.Model):
    """The mailbox has changed, or was not looked at for long: a row until somebody has looked.

    Apart from the account's own row, which a worker locks in each of its commits.
    """

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="news"
    )
    heard_at = models.DateTimeField()
    queued_until = models.DateTimeField(null=True)

    @classmethod
    def hear(cls, accounts: Iterable[int]) -> None:
        """Of these accounts, now. Said twice it is the same news, at the later time."""
        with connection.cursor() as cursor:
            # In one order, so that two who hear at once do not wait for each other.
            cursor.execute(_HEARD, [sorted(set(accounts))])

    @classmethod
    def told(cls, account: Account, until: datetime) -> None:
        """Somebody has looked who began at `until`; what was heard later stays."""
        cls.objects.filter(account=account, heard_at__lte=until).delete()

    @classmethod
    def later_than(cls, account: Account, moment: datetime) -> bool:
        return cls.objects.filter(account=account, heard_at__gt=moment).exists()


class Watcher(models.Model):
    """A process that holds connections on which servers tell of news (`manage.py watch`)."""

    name = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Watch(models.Model):
    """An account's watcher. With the watcher's own time its watches end, all at once."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="watch"
    )
    watcher = models.ForeignKey(Watcher, on_delete=models.CASCADE, related_name="watches")
    hears = models.BooleanField(default=False)

    @classmethod
    def awake(cls) -> models.QuerySet[Watch]:
        """Watches through which news comes at this moment, so that nobody needs to poll."""
        return cls.objects.filter(hears=True, watcher__until__gt=Now())
