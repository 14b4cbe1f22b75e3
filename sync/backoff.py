"""How long to wait after errors in a row. No Django."""

from __future__ import annotations

from collections.abc import Callable
from random import uniform

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 1800.0
# A server that asks for more than a day has lost its clock.
LONGEST_THROTTLED_SECONDS = 86_400.0


def delay(
    failures: int,
    throttled_seconds: float | None = None,
    random: Callable[[float, float], float] = uniform,
) -> float:
    """Seconds to wait after the `failures`-th error in a row, counted from 1.

    Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): anything up to a limit
    that doubles, so that accounts that failed together do not come back together. Never
    shorter than a server asked for in `throttled_seconds`; the jitter is then added to it.
    """
    # Limited first: two to the power of a year's failures is no float.
    doublings = min(max(failures, 1) - 1, 20)
    limit = min(FIRST_SECONDS * 2.0**doublings, LONGEST_SECONDS)
    asked = min(max(throttled_seconds or 0.0, 0.0), LONGEST_THROTTLED_SECONDS)
    return asked + random(0.0, limit)
