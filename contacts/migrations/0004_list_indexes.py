from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes are built beside the work that goes on.
    atomic = False

    dependencies = [("contacts", "0003_finding_many")]

    operations = [
        AddIndexConcurrently(
            "organization",
            models.Index(fields=["sort_key", "id"], name="contacts_organization_list"),
        ),
        AddIndexConcurrently(
            "organization",
            GinIndex(
                fields=["sort_key"],
                name="contacts_organization_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ),
        AddIndexConcurrently(
            "contact", models.Index(fields=["sort_key", "id"], name="contacts_contact_list")
        ),
        AddIndexConcurrently(
            "contact",
            models.Index(
                fields=["organization", "sort_key", "id"], name="contacts_of_organization"
            ),
        ),
        AddIndexConcurrently(
            "contact",
            GinIndex(
                fields=["search_text"],
                name="contacts_contact_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
