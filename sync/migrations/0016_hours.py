from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0015_sharing")]

    operations = [
        migrations.CreateModel(
            name="Hour",
            fields=[
                ("begins_at", models.DateTimeField(primary_key=True, serialize=False)),
                ("messages", models.BigIntegerField(default=0)),
                ("slices", models.BigIntegerField(default=0)),
                ("troubles", models.BigIntegerField(default=0)),
                ("runs", models.BigIntegerField(default=0)),
                ("commands", models.BigIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("lag", models.FloatField(default=0)),
            ],
        ),
    ]
