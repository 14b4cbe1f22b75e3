from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sync", "0022_who_speaks")]

    operations = [
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["account", "state"],
                condition=models.Q(("unread_count__gt", 0)),
                name="thread_unread_account",
            ),
        ),
    ]
