"""Numbers of the last two days as a drawing: a bar an hour, with a scale that people can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor, log10

from django.utils import timezone

from sync.models import Hour

HOURS = 48
WIDTH, HEIGHT = 720, 160
_BAR = WIDTH / HOURS


@dataclass(frozen=True, slots=True)
class Bar:
    """In the units of the drawing, from the top left."""

    x: float
    y: float
    width: float
    height: float
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Plot:
    bars: list[Bar]
    top: float
    # Hours at which the axis bears a date or a time: x, moment.
    marks: list[tuple[float, datetime]]

    @classmethod
    def of(cls, moments: Sequence[datetime], values: Sequence[float]) -> Plot:
        top = _round_up(max(values, default=0))
        bars = [
            Bar(
                x=round(index * _BAR + 1, 1),
                y=round(HEIGHT * (1 - value / top), 1),
                width=round(_BAR - 2, 1),
                height=round(HEIGHT * value / top, 1),
                at=moment,
                value=value,
            )
            for index, (moment, value) in enumerate(zip(moments, values, strict=True))
        ]
        marks = [
            (round(bar.x + bar.width / 2, 1), bar.at)
            for bar in bars
            if timezone.localtime(bar.at).hour % 6 == 0
        ]
        return cls(bars, top, marks)


@dataclass(frozen=True, slots=True)
class LastHours:
    rows: list[tuple[datetime, int, float]]

    @classmethod
    def now(cls) -> LastHours:
        """The last 48 hours; those of which nothing is known were quiet."""
        last = timezone.now().replace(minute=0, second=0, microsecond=0)
        moments = [last - timedelta(hours=ago) for ago in reversed(range(HOURS))]
        known = Hour.objects.in_bulk(moments)
        quiet = Hour(messages=0, lag=0)
        found = [(moment, known.get(moment, quiet)) for moment in moments]
        return cls([(moment, hour.messages, round(hour.lag, 1)) for moment, hour in found])

    @property
    def messages(self) -> Plot:
        return Plot.of([row[0] for row in self.rows], [row[1] for row in self.rows])

    @property
    def lag(self) -> Plot:
        return Plot.of([row[0] for row in self.rows], [row[2] for row in self.rows])


def _round_up(value: float) -> float:
    """1, 2 or 5 times a power of ten, so that the scale has a number that people know."""
    if value <= 1:
        return 1
    power = float(10 ** floor(log10(value)))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power)
