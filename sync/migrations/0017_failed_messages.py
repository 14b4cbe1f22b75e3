from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index that is made beside the work of others is made outside of transactions.
    atomic = False

    dependencies = [("sync", "0016_hours")]

    operations = [
        migrations.AlterModelOptions(
            "account",
            {"verbose_name": "email account", "verbose_name_plural": "email accounts"},
        ),
        migrations.AlterModelOptions(
            "message", {"verbose_name": "message", "verbose_name_plural": "messages"}
        ),
        migrations.AlterModelOptions("run", {"verbose_name": "run", "verbose_name_plural": "runs"}),
        AddIndexConcurrently(
            "ledgerentry",
            models.Index(
                fields=["folder"], condition=models.Q(("state", "failed")), name="ledger_failed"
            ),
        ),
        migrations.CreateModel(
            name="FailedMessage",
            fields=[],
            options={
                "verbose_name": "message that could not be read",
                "verbose_name_plural": "messages that could not be read",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("sync.ledgerentry",),
        ),
    ]
