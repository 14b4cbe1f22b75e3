"""What only one process at a time may do, of all that share the database.

By session locks of PostgreSQL (pg_advisory_lock): whoever is killed inside is no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(kind: int, number: int = 0, *, wait: bool = False) -> Iterator[bool]:
    """Whether nobody else is inside with this kind of work, a number of its own, and this row's id.

    With `wait` it begins once the others are out.
    """
    lock = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, hashint8(%s))", [kind, number])
        is_alone = cursor.fetchone()[0] is not False
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashint8(%s))", [kind, number])
