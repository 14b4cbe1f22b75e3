"""When everything happens: a slot of time for each message, newest conversations first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from zoneinfo import ZoneInfo

from crm_inbox.demo.script import Script, script

SPAN = timedelta(days=430)
RECENT = timedelta(days=3)
WARSAW = ZoneInfo("Europe/Warsaw")

# How busy an hour is, from midnight; nights are for newsletters and machines.
_HOURS = (1, 0, 0, 0, 1, 2, 6, 16, 38, 50, 52, 46, 36, 42, 48, 44, 34, 20, 10, 6, 5, 4, 3, 1)
_WEEKDAYS = (1.0, 1.1, 1.05, 1.0, 0.8, 0.1, 0.07)
# How long after the one before a letter comes, in hours from and to.
_WAITS = {
    "minutes": (0.07, 0.8),
    "hours": (1, 8),
    "day": (15, 40),
    "days": (48, 130),
    "week": (150, 270),
    "late": (900, 2600),
}

Timed = tuple[Script, list[datetime]]


def timetable(seed: int, count: int, now: datetime) -> list[Timed]:
    """Conversations of `count` messages in all, with a time for each; the newest minutes ago.

    Walks back from now: a slot goes to the letter that is waiting for it, else to the last
    letter of one more conversation, whose earlier letters then wait for earlier slots.
    """
    rng = Random(f"times/{seed}")
    started: list[Timed] = []
    waiting: list[tuple[float, int, int]] = []
    outstanding = 0
    moments = slots(count, now, rng)
    for left, slot in zip(range(len(moments), 0, -1), reversed(moments), strict=True):
        if waiting and (-waiting[0][0] >= slot.timestamp() or outstanding >= left):
            _, number, index = heappop(waiting)
            outstanding -= 1
        else:
            number, chosen = (
                len(started),
                _shortened(script(seed, len(started)), left - outstanding),
            )
            index = len(chosen.letters) - 1
            started.append((chosen, [slot] * len(chosen.letters)))
            outstanding += index
        conversation, times = started[number]
        times[index] = slot
        if index:
            wanted = slot.timestamp() - _wait(conversation.letters[index].wait, rng)
            heappush(waiting, (-wanted, number, index - 1))
    return started


def slots(count: int, now: datetime, rng: Random) -> list[datetime]:
    """`count` different moments over SPAN, oldest first: in working hours, dense of late."""
    recent = min(count, 30 + count // 50)
    chosen = {now - timedelta(minutes=minutes) for minutes in (4, 19, 52)[:count]}
    fresh = _drawn(now - RECENT, now - timedelta(hours=1), rng)
    while len(chosen) < recent:
        chosen.add(next(fresh))
    if count > recent:
        chosen.add(now - SPAN + timedelta(hours=rng.randint(1, 20)))
    older = _drawn(now - SPAN, now - RECENT, rng)
    while len(chosen) < count:
        chosen.add(next(older))
    return sorted(chosen)


def _drawn(start: datetime, end: datetime, rng: Random) -> Iterator[datetime]:
    """Moments between start and end without an end, by how busy their hour is."""
    hours = [start + timedelta(hours=h) for h in range(int((end - start) / timedelta(hours=1)))]
    weights = [_busy(hour.astimezone(WARSAW)) for hour in hours]
    while True:
        for hour in rng.choices(hours, weights, k=500):
            yield hour + timedelta(seconds=rng.randrange(3600))


def _busy(moment: datetime) -> float:
    return _HOURS[moment.hour] * _WEEKDAYS[moment.weekday()] + 0.05


def _wait(name: str, rng: Random) -> float:
    shortest, longest = _WAITS[name]
    return rng.uniform(shortest, longest) * 3600


def _shortened(whole: Script, room: int) -> Script:
    return replace(whole, letters=whole.letters[:room]) if len(whole.letters) > room else whole
