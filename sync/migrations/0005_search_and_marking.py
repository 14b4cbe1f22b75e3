import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# What the index holds has changed, so all of it is written again, behind the sync as ever.
_INDEX_AGAIN = """
INSERT INTO sync_searchbacklog (message_id, arrived_at)
SELECT id, arrived_at FROM sync_message WHERE tombstone_since IS NULL
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    # Indexes are built beside the work that goes on.
    atomic = False

    dependencies = [
        ("sync", "0004_moves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Marking",
            fields=[
                ("action", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True)),
                ("seen", models.BooleanField()),
                (
                    "messages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("to_contact", True)),
                fields=["owner", "state", "-last_message_at", "-id"],
                name="thread_list_to_contact",
            ),
        ),
        AddIndexConcurrently(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("unread_count__gt", 0)),
                fields=["owner", "state", "-last_message_at", "-id"],
                name="thread_list_unread",
            ),
        ),
        migrations.RunSQL(_INDEX_AGAIN, migrations.RunSQL.noop),
    ]
