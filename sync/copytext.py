"""Values as COPY's text mode wants them (PostgreSQL manual, COPY, File Formats). No Django."""

from collections.abc import Sequence
from datetime import datetime


def line(values: Sequence[object]) -> str:
    """A row without its line end.

    Values are None, bool, int, str without NUL, bytes, or aware datetimes; anything else is a
    TypeError.
    """
    fields = [value if isinstance(value, str) else _text(value) for value in values]
    joined = "\t".join(fields)
    # Once for the whole row: hardly any holds something to be escaped.
    if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") >= len(fields):
        return "\t".join([_field(value) for value in values])
    return joined


def _field(value: object) -> str:
    return _escaped(value) if isinstance(value, str) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        # A choice of a model, such as a reason.
        return str.__str__(value)
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
