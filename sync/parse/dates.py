"""The Date header (RFC 5322, 3.3), read without strptime."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_USUAL = re.compile(
    r"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2})\s([A-Za-z]{3})\s(\d{4})\s(\d\d):(\d\d):(\d\d)"
    r"\s([+-])(\d\d)(\d\d)(?!\d)"
)
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2200
_LONGEST = 200


def parse_date(value: str) -> datetime | None:
    """The moment in UTC; a missing zone is read as UTC. None where there is no date."""
    match = _USUAL.match(value)
    try:
        moment = _usual(match) if match else _unusual(value[:_LONGEST])
    except (ValueError, OverflowError, TypeError, IndexError, KeyError):
        return None
    if moment is None or not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        return None
    return moment


def _usual(match: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    moment = datetime(
        int(year),
        _MONTHS[month.lower()],
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59),  # a leap second
        tzinfo=UTC,
    )
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    if not offset:
        return moment
    return moment - offset if sign == "+" else moment + offset


def _unusual(value: str) -> datetime | None:
    """Two-digit years, named zones, comments, no seconds: email.utils knows them."""
    found = parsedate_tz(value)
    if found is None:
        return None
    year, month, day, hour, minute, second = found[:6]
    moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    return moment - timedelta(seconds=found[9] or 0)
