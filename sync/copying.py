"""COPY into PostgreSQL: rows as text lines, which is the fastest way in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table inside the current transaction.

    Values are None, bool, int, str without NUL, bytes, or aware datetimes; anything else is a
    TypeError. The format is that of COPY's text mode (PostgreSQL manual, COPY, File Formats).
    """
    lines = ["\t".join([_field(value) for value in row]) for row in rows]
    if not lines:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f'COPY "{table}" ({names}) FROM STDIN', StringIO("\n".join(lines) + "\n")
        )


def _field(value: object) -> str:
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _needs_escape(value) else value
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


def _needs_escape(value: str) -> bool:
    return "\n" in value or "\t" in value or "\\" in value or "\r" in value
