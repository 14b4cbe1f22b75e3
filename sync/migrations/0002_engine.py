import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttachmentContent",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="sync.attachment",
                    ),
                ),
                ("data", models.BinaryField()),
                ("fetched_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name="account",
            name="gmail",
            field=models.BooleanField(
                default=False, help_text="The server has Gmail's labels and its All Mail folder."
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="queued_until",
            field=models.DateTimeField(
                blank=True,
                help_text="A worker has been asked for and will come by then.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="encoding",
            field=models.CharField(
                blank=True, help_text="What sync.parse.attachment_bytes has to undo.", max_length=40
            ),
        ),
        migrations.AddField(
            model_name="folder",
            name="flags_checked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="folder",
            name="messages",
            field=models.PositiveBigIntegerField(
                help_text="How many messages the server had at the last complete look.", null=True
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="sources",
            field=models.JSONField(
                default=list,
                help_text="What was listed: pairs of a folder's and a label's id or null.",
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="kind",
            field=models.CharField(
                choices=[
                    ("initial", "First sync"),
                    ("past", "Past emails"),
                    ("live", "New emails"),
                    ("catch_up", "Folders and labels looked at anew"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="state",
            field=models.CharField(
                choices=[
                    ("inbox", "Inbox"),
                    ("archived", "Archive"),
                    ("trashed", "Trash"),
                    ("empty", "Nothing left but tombstones"),
                ],
                default="inbox",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="SearchBacklog",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="sync.message",
                    ),
                ),
                ("arrived_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-arrived_at"], name="search_backlog_order")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search",
                        serialize=False,
                        to="sync.message",
                    ),
                ),
                ("vector", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["vector"], name="search_vector"
                    )
                ],
            },
        ),
    ]
