"""COPY into PostgreSQL, which is the fastest way in: rows as text lines, or as bytes."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from struct import Struct

from django.db import connection

from sync.copytext import line

# Bytes handed to the driver at once; each piece costs a call that other threads wait for.
_PIECE = 1024 * 1024
# Of the binary format: signature, flags and extension; a row's fields, each behind its length.
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ROW = Struct("!hiqi")
_TRAILER = b"\xff\xff"


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table inside the current transaction; their values as in copytext.line."""
    copy_lines(table, columns, [line(row).encode() for row in rows])


def copy_lines(table: str, columns: Sequence[str], lines: Sequence[bytes]) -> None:
    """The same for rows that are lines of COPY's text mode already, without line ends."""
    if lines:
        _copy(table, columns, "", b"\n".join([*lines, b""]))


def copy_blobs(table: str, columns: tuple[str, str], rows: Iterable[tuple[int, bytes]]) -> None:
    """Rows of a bigint and a bytea, as they are (PostgreSQL manual, COPY, Binary Format)."""
    pieces = [_HEADER]
    for number, blob in rows:
        pieces += (_ROW.pack(2, 8, number, len(blob)), blob)
    if len(pieces) > 1:
        _copy(table, columns, "WITH (FORMAT binary)", b"".join([*pieces, _TRAILER]))


def new_ids(table: str, count: int) -> list[int]:
    """Taken from the table's sequence, for rows that refer to each other before they are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(number) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS number OFFSET 0) sequence",
            [count, table],
        )
        return [number for (number,) in cursor.fetchall()]


def _copy(table: str, columns: Sequence[str], options: str, data: bytes) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN {options}', BytesIO(data), _PIECE)
