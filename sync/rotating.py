"""Sealing everything that is stored with the first key, while everything goes on.

A row is only written where it still holds what was read, so a password or a token that a worker
stores meanwhile is never lost. Run again, it goes on with what is left; when it says so, nothing
is sealed with another key any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sync import secrets

BATCH = 500


@dataclass(frozen=True)
class Column:
    table: str
    key: str
    name: str


SEALED = (
    Column("sync_account", "id", "encrypted_secret"),
    Column("sync_grant", "account_id", "encrypted_refresh"),
    Column("sync_grant", "account_id", "encrypted_access"),
)


@dataclass
class Rotated:
    """How many secrets were sealed anew, and how many no key opens."""

    anew: int = 0
    unreadable: int = 0


def rotate(batch: int = BATCH) -> Rotated:
    """Every sealed column, one short transaction a batch."""
    done = Rotated()
    for column in SEALED:
        last = -1
        while rows := _after(column, last, batch):
            last = rows[-1][0]
            _rotate(column, rows, done)
    return done


def _after(column: Column, last: int, batch: int) -> list[tuple[int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column.key}, {column.name} FROM {column.table}"  # noqa: S608 - our own names
            f" WHERE {column.key} > %s AND {column.name} <> '' ORDER BY {column.key} LIMIT %s",
            [last, batch],
        )
        return [(pk, bytes(sealed)) for pk, sealed in cursor.fetchall()]


def _rotate(column: Column, rows: list[tuple[int, bytes]], done: Rotated) -> None:
    old = [(pk, sealed) for pk, sealed in rows if not secrets.is_current(sealed)]
    changed: list[tuple[int, bytes, bytes]] = []
    for pk, sealed in old:
        try:
            changed.append((pk, sealed, secrets.rotate(sealed)))
        except secrets.SecretUnreadable:
            done.unreadable += 1
    if changed:
        with connection.cursor() as cursor:
            done.anew += _write(cursor, column, changed)


def _write(cursor: CursorWrapper, column: Column, changed: list[tuple[int, bytes, bytes]]) -> int:
    keys, old, new = (list(values) for values in zip(*changed, strict=True))
    cursor.execute(
        f"UPDATE {column.table} stored SET {column.name} = pair.new"  # noqa: S608 - our own names
        " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS pair(key, old, new)"
        f" WHERE stored.{column.key} = pair.key AND stored.{column.name} = pair.old",
        [keys, old, new],
    )
    return int(cursor.rowcount)
