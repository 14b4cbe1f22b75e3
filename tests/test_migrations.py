"""Migrations run while the code before them still serves people: README, "A new version".

Those up to BEFORE made the tables of the first version: nobody had an installation before. From
the first one that was written for tables that are full, all are held to it; one that has to break
the rule says why in a class attribute `safe_because`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveField,
    RemoveIndex,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
)
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

BEFORE = {"contacts": 5, "sync": 20, "crm_inbox": 3}
# Of these there may be millions of rows, or they are read by every page.
LARGE = {
    *("message", "messagebody", "participant", "attachment", "attachmentcontent"),
    *("ledgerentry", "thread", "threadreference", "searchentry", "searchbacklog", "run"),
    *("contact", "address"),
}
_LOCKING = re.compile(
    r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|SET\s+NOT\s+NULL"
    r"|ADD\s+CONSTRAINT(?!.*NOT\s+VALID)|ALTER\s+(COLUMN\s+)?\w+\s+TYPE|DROP\s+(TABLE|COLUMN)",
    re.IGNORECASE | re.DOTALL,
)


def dangers(operations: Sequence[Operation]) -> Iterator[str]:
    """What of them locks a large table, or takes away what older code uses."""
    made = {op.name_lower for op in operations if isinstance(op, CreateModel)}
    for operation in operations:
        model = str(getattr(operation, "model_name", "")).lower()
        if model not in made and (said := _danger(operation, model in LARGE)):
            yield f"{type(operation).__name__} {model}: {said}"


def _danger(operation: Operation, large: bool) -> str:
    match operation:
        case AddIndexConcurrently():
            return ""
        case AddIndex() | RemoveIndex() if large:
            return "not concurrently"
        case AddField():
            return _danger_of_field(operation.field, large)
        case AlterField() | AddConstraint() | AlterUniqueTogether() if large:
            return "looks at every row under a lock"
        case RemoveField() | RenameField() | RenameModel() | DeleteModel():
            return "older code uses it"
        case RunSQL() if _LOCKING.search(str(operation.sql)):
            return "locks, or takes away"
    return ""


def _danger_of_field(field: Any, large: bool) -> str:
    if field.many_to_many:
        return ""
    if not field.null and field.db_default is NOT_PROVIDED:
        return "older code writes rows without it: null, or db_default"
    if large and (field.unique or field.db_index):
        return "makes an index under a lock"
    return ""


def test_no_migration_gets_in_the_way_of_what_runs_beside_it() -> None:
    looked_at = {
        f"{app}.{name}": migration
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if int(name[:4]) > BEFORE.get(app, 9999)
    }
    assert {"sync.0021_open_runs", "crm_inbox.0004_sessions"} <= looked_at.keys()
    found = {
        name: list(dangers(migration.operations))
        for name, migration in looked_at.items()
        if not getattr(migration, "safe_because", "")
    }
    assert {name: told for name, told in found.items() if told} == {}


def test_what_fills_full_tables_holds_no_lock_to_the_end() -> None:
    """Batches that are committed one by one, in a migration that is no transaction."""
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        fills = any(isinstance(one, RunPython) for one in migration.operations)
        if fills and int(name[:4]) > BEFORE.get(app, 9999):
            assert not migration.atomic, name


INDEX = models.Index(fields=["uid"], name="x")


@pytest.mark.parametrize(
    "operation",
    [
        AddIndex("ledgerentry", INDEX),
        AddField("account", "x", models.IntegerField(default=0)),
        AddField("message", "x", models.IntegerField(null=True, db_index=True)),
        AlterField("message", "subject", models.CharField(max_length=9)),
        RemoveField("account", "host"),
        DeleteModel("Run"),
        RunSQL("CREATE INDEX x ON sync_message (uid)"),
        RunSQL("ALTER TABLE sync_message ADD CONSTRAINT x CHECK (uid > 0)"),
    ],
    ids=lambda operation: operation.describe(),
)
def test_it_sees_what_would_get_in_the_way(operation: Operation) -> None:
    assert list(dangers([operation]))


@pytest.mark.parametrize(
    "operation",
    [
        AddIndexConcurrently("ledgerentry", INDEX),
        AddIndex("account", INDEX),
        AddField("account", "x", models.IntegerField(db_default=0)),
        AddField("message", "x", models.IntegerField(null=True)),
        RunSQL("CREATE INDEX CONCURRENTLY x ON sync_message (uid)"),
        RunSQL("ALTER TABLE sync_message ADD CONSTRAINT x CHECK (uid > 0) NOT VALID"),
    ],
    ids=lambda operation: operation.describe(),
)
def test_it_lets_pass_what_does_no_harm(operation: Operation) -> None:
    assert list(dangers([operation])) == []
