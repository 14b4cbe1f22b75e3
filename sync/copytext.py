"""Values as COPY's text mode wants them (PostgreSQL manual, COPY, File Formats). No Django."""

from collections.abc import Iterable
from datetime import datetime


def line(values: Iterable[object]) -> str:
    """A row without its line end.

    Values are None, bool, int, str without NUL, bytes, or aware datetimes; anything else is a
    TypeError.
    """
    return "\t".join([_field(value) for value in values])


def _field(value: object) -> str:
    if isinstance(value, str):
        return _escaped(value)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"COPY has no text for {type(value).__name__}.")


def _escaped(value: str) -> str:
    """One replace after the other: ten times as fast as one translate on long texts."""
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value:
        value = value.replace("\n", "\\n")
    if "\r" in value:
        value = value.replace("\r", "\\r")
    return value.replace("\t", "\\t") if "\t" in value else value
