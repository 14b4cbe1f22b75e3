from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The column is empty and costs no rewrite; the index is built beside the work that goes on.
    atomic = False

    dependencies = [
        ("sync", "0014_packed_bodies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="shared_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Since when the owner lets the team read it.",
                null=True,
            ),
        ),
        AddIndexConcurrently(
            model_name="thread",
            index=models.Index(
                condition=models.Q(("shared_at__isnull", False)),
                fields=["-last_message_at", "-id"],
                name="thread_list_shared",
            ),
        ),
    ]
