"""Lists say "me" for whoever connected the account, so their name leaves the conversations.

What is there is worked out again in batches of one statement each, so that nobody waits.
"""

from collections.abc import Iterator

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

_BATCH = 1000
_NAME = "coalesce(nullif(from_name, ''), from_address)"
_PEOPLE = """
UPDATE sync_thread thread SET people = speakers.people
FROM (
    SELECT thread_id, jsonb_agg(name ORDER BY spoke_at, name) AS people
    FROM (
        SELECT thread_id, {name} AS name, max(arrived_at) AS spoke_at
        FROM sync_message
        WHERE thread_id = ANY(%s) AND tombstone_since IS NULL
        GROUP BY thread_id, 2
    ) speaker GROUP BY thread_id
) speakers
WHERE thread.id = speakers.thread_id
"""


def without_own_name(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, schema_editor, f"CASE direction WHEN 'received' THEN {_NAME} END")


def with_own_name(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _rename(apps, schema_editor, _NAME)


def _rename(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor, name: str) -> None:
    with schema_editor.connection.cursor() as cursor:
        for batch in _batches(apps):
            cursor.execute(_PEOPLE.format(name=name), [batch])


def _batches(apps: StateApps) -> Iterator[list[int]]:
    threads = apps.get_model("sync", "Thread").objects.filter(has_sent=True).order_by("pk")
    last = 0
    while batch := list(threads.filter(pk__gt=last).values_list("pk", flat=True)[:_BATCH]):
        yield batch
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False
    safe_because = "Of the column only the help text changes, which the database does not know."
    dependencies = [("sync", "0021_open_runs")]

    operations = [
        migrations.AlterField(
            "thread",
            "people",
            models.JSONField(
                default=list,
                help_text="Names, the latest speaker last; null is whoever connected the account.",
            ),
        ),
        migrations.RunPython(without_own_name, with_own_name),
    ]
