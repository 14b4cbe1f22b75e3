import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, auto_created=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField("name", max_length=255, unique=True)),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, auto_created=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField("name", max_length=255)),
                (
                    "organization",
                    models.ForeignKey(
                        "contacts.organization",
                        verbose_name="organization",
                        related_name="contacts",
                        null=True,
                        blank=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                    ),
                ),
                ("created_at", models.DateTimeField("created", auto_now_add=True)),
                ("updated_at", models.DateTimeField("updated", auto_now=True)),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ("name", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        primary_key=True, auto_created=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        "contacts.contact",
                        verbose_name="contact",
                        related_name="addresses",
                        on_delete=django.db.models.deletion.CASCADE,
                    ),
                ),
                ("email", models.CharField("email address", max_length=320)),
                ("normalized", models.TextField("normalised address", unique=True, editable=False)),
                ("created_at", models.DateTimeField("added", auto_now_add=True, db_index=True)),
            ],
            options={
                "verbose_name": "email address",
                "verbose_name_plural": "email addresses",
                "ordering": ("created_at", "pk"),
                "indexes": [
                    GinIndex(
                        fields=["normalized"],
                        name="contacts_address_trigrams",
                        opclasses=["gin_trgm_ops"],
                    )
                ],
            },
        ),
    ]
