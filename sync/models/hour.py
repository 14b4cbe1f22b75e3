"""What sync did in each hour, for the plots and numbers of administrators."""

from datetime import datetime

from django.db import connection, models
from django.utils import timezone

_COUNTED = ("messages", "slices", "troubles", "runs", "commands", "seconds")
_ADD = """
INSERT INTO sync_hour (begins_at, messages, slices, troubles, runs, commands, seconds, lag)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (begins_at) DO UPDATE SET
    messages = sync_hour.messages + excluded.messages,
    slices = sync_hour.slices + excluded.slices,
    troubles = sync_hour.troubles + excluded.troubles,
    runs = sync_hour.runs + excluded.runs,
    commands = sync_hour.commands + excluded.commands,
    seconds = sync_hour.seconds + excluded.seconds,
    lag = greatest(sync_hour.lag, excluded.lag)
"""


class Hour(models.Model):
    """Of all accounts together. Rows are kept for good: their sums are counters that only grow."""

    begins_at = models.DateTimeField(primary_key=True)
    messages = models.BigIntegerField(default=0)
    slices = models.BigIntegerField(default=0)
    troubles = models.BigIntegerField(default=0)
    runs = models.BigIntegerField(default=0)
    commands = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    lag = models.FloatField(default=0)

    def __str__(self) -> str:
        return self.begins_at.isoformat()

    @classmethod
    def add(cls, *, at: datetime | None = None, lag: float = 0, **counted: float) -> None:
        """Add to the hour of `at`, or of now; its lag is the worst that was seen, in seconds.

        Many add at once: call it outside of transactions, which would make them wait.
        """
        hour = (at or timezone.now()).replace(minute=0, second=0, microsecond=0)
        values = [counted.get(name, 0) for name in _COUNTED]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [hour, *values, lag])

    @classmethod
    def sums(cls) -> dict[str, float]:
        """Everything since the beginning, by name."""
        found = cls.objects.aggregate(**{name: models.Sum(name) for name in _COUNTED})
        return {name: found[name] or 0 for name in _COUNTED}
