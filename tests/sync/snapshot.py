"""The rows of sync, kept aside and put back as often as wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction

_ASIDE = "aside_"


class Snapshot:
    def __init__(self) -> None:
        self._tables = [model._meta.db_table for model in apps.get_app_config("sync").get_models()]

    @transaction.atomic
    def take(self) -> None:
        with connection.cursor() as cursor:
            for table in self._tables:
                cursor.execute(f"DROP TABLE IF EXISTS {_ASIDE}{table}")
                cursor.execute(f"CREATE TABLE {_ASIDE}{table} AS TABLE {table}")

    @transaction.atomic
    def put_back(self) -> None:
        """Foreign keys are checked at the end of the transaction, so any order will do."""
        with connection.cursor() as cursor:
            for table in self._tables:
                columns = ", ".join(_columns(table))
                cursor.execute(
                    f"DELETE FROM {table};"  # noqa: S608 (our own names)
                    f" INSERT INTO {table} ({columns}) SELECT {columns} FROM {_ASIDE}{table}"
                )

    def drop(self) -> None:
        with connection.cursor() as cursor:
            for table in self._tables:
                cursor.execute(f"DROP TABLE IF EXISTS {_ASIDE}{table}")


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = current_schema() AND is_generated = 'NEVER'",
            [table],
        )
        return [f'"{name}"' for (name,) in cursor.fetchall()]


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    taken = Snapshot()
    taken.take()
    try:
        yield taken
    finally:
        taken.drop()
