from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Building the index does not hold up the work that goes on.
    atomic = False

    dependencies = [("sync", "0020_fill_labels_in_order")]

    operations = [
        AddIndexConcurrently(
            "run",
            models.Index(
                condition=models.Q(("state__in", ["waiting", "running", "paused"])),
                fields=["account"],
                name="run_open",
            ),
        ),
    ]
