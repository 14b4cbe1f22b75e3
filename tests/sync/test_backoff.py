"""How long sync waits after errors in a row."""

from random import Random

import pytest

from sync.backoff import FIRST_SECONDS, LONGEST_SECONDS, LONGEST_THROTTLED_SECONDS, delay


def longest(least: float, most: float) -> float:
    return most


def shortest(least: float, most: float) -> float:
    return least


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (9, 1280), (10, 1800), (11, 1800)]
)
def test_it_waits_up_to_twice_as_long_each_time(failures: int, seconds: float) -> None:
    assert delay(failures, random=longest) == seconds
    assert delay(failures, random=shortest) == 0


@pytest.mark.parametrize("failures", [-1, 0, 1])
def test_it_starts_small(failures: int) -> None:
    assert delay(failures, random=longest) == FIRST_SECONDS


def test_it_never_waits_for_ever() -> None:
    assert delay(10**9, random=longest) == LONGEST_SECONDS
    assert delay(1, float("inf"), random=shortest) == LONGEST_THROTTLED_SECONDS


def test_it_waits_at_least_as_long_as_the_server_asked() -> None:
    assert delay(1, 92.415, random=shortest) == 92.415
    assert delay(1, 92.415, random=longest) == 92.415 + FIRST_SECONDS


@pytest.mark.parametrize("asked", [None, 0.0, -5.0])
def test_it_takes_no_wish_for_none(asked: float | None) -> None:
    assert delay(1, asked, random=shortest) == 0


def test_it_spreads_those_that_failed_together() -> None:
    draw = Random(7).uniform
    waits = [delay(6, random=draw) for _ in range(1000)]
    quarters = [sum(40 * n <= wait < 40 * (n + 1) for wait in waits) for n in range(4)]
    assert sum(quarters) == 1000
    assert min(quarters) > 200


def test_it_differs_from_call_to_call() -> None:
    assert len({delay(5) for _ in range(20)}) == 20
