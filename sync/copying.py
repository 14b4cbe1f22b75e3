"""COPY into PostgreSQL: rows as text lines, which is the fastest way in."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.db import connection

from sync.copytext import line

# Bytes handed to the driver at once; each piece costs a call that other threads wait for.
_PIECE = 1024 * 1024


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table inside the current transaction; their values as in copytext.line."""
    copy_lines(table, columns, [line(row).encode() for row in rows])


def copy_lines(table: str, columns: Sequence[str], lines: Sequence[bytes]) -> None:
    """The same for rows that are lines of COPY's text mode already, without line ends."""
    if not lines:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f'COPY "{table}" ({names}) FROM STDIN', BytesIO(b"\n".join([*lines, b""])), _PIECE
        )
