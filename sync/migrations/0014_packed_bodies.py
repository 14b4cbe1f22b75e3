"""A message's texts become one value, compressed before it comes to the database.

The texts that are there are packed in batches of one transaction each, so that nobody waits.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from sync.packing import pack, unpack

_BATCH = 500
_NO_COMPRESSION = "ALTER TABLE sync_messagebody ALTER COLUMN packed SET STORAGE EXTERNAL"


def pack_all(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for batch in batches(apps):
        for body in batch:
            body.packed = pack(body.headers, body.text, body.html)
        type(batch[0]).objects.bulk_update(batch, ["packed"])


def unpack_all(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for batch in batches(apps):
        for body in batch:
            body.headers, body.text, body.html = unpack(bytes(body.packed))
        type(batch[0]).objects.bulk_update(batch, ["headers", "text", "html"])


def batches(apps: StateApps) -> Iterator[list[Any]]:
    bodies = apps.get_model("sync", "MessageBody").objects.order_by("pk")
    last = 0
    while batch := list(bodies.filter(pk__gt=last)[:_BATCH]):
        yield batch
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sync", "0013_by_hand_and_for_good")]

    operations = [
        migrations.AddField("messagebody", "packed", models.BinaryField(null=True)),
        migrations.RunSQL(_NO_COMPRESSION, migrations.RunSQL.noop),
        *(
            migrations.AlterField("messagebody", name, models.TextField(null=True))
            for name in ("headers", "text", "html")
        ),
        migrations.RunPython(pack_all, unpack_all),
        migrations.RemoveField("messagebody", "headers"),
        migrations.RemoveField("messagebody", "text"),
        migrations.RemoveField("messagebody", "html"),
        migrations.AlterField(
            "messagebody",
            "packed",
            models.BinaryField(help_text="Headers, text and HTML; see sync.packing."),
        ),
    ]
