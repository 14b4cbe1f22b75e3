"""What the lists of contacts are sorted by and searched in, kept by the database itself.

Everything that writes contacts, addresses and organisations keeps it right this way: pages, imports
of thousands of rows in one statement, the admin panel, a hand on the database.
"""

from django.db import migrations, models

_FOLD = """
CREATE FUNCTION contacts_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$
"""
_DESCRIBE = """
CREATE FUNCTION contacts_name_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sort_key := contacts_fold(NEW.name);
    RETURN NEW;
END $$;
CREATE FUNCTION contacts_describe_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sort_key := contacts_fold(NEW.name);
    NEW.search_text := concat_ws(
        ' ',
        NEW.sort_key,
        (SELECT sort_key FROM contacts_organization WHERE id = NEW.organization_id),
        (
            SELECT contacts_fold(string_agg(normalized, ' ' ORDER BY id))
            FROM contacts_address WHERE contact_id = NEW.id
        )
    );
    RETURN NEW;
END $$;
-- Setting a name to what it is has the contact described again.
CREATE FUNCTION contacts_organization_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contacts_contact SET name = name WHERE organization_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION contacts_addresses_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE contacts_contact SET name = name
        WHERE id IN (SELECT contact_id FROM old_rows);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE contacts_contact SET name = name
        WHERE id IN (SELECT contact_id FROM new_rows);
    END IF;
    RETURN NULL;
END $$
"""
_TRIGGERS = """
CREATE TRIGGER contacts_name BEFORE INSERT OR UPDATE OF name ON contacts_organization
    FOR EACH ROW EXECUTE FUNCTION contacts_name_organization();
CREATE TRIGGER contacts_describe BEFORE INSERT OR UPDATE OF name, organization_id
    ON contacts_contact FOR EACH ROW EXECUTE FUNCTION contacts_describe_contact();
CREATE TRIGGER contacts_renamed AFTER UPDATE OF name ON contacts_organization
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
    EXECUTE FUNCTION contacts_organization_renamed();
CREATE TRIGGER contacts_address_added AFTER INSERT ON contacts_address
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_addresses_changed();
CREATE TRIGGER contacts_address_changed AFTER UPDATE ON contacts_address
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_addresses_changed();
CREATE TRIGGER contacts_address_removed AFTER DELETE ON contacts_address
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION contacts_addresses_changed();
UPDATE contacts_organization SET name = name;
UPDATE contacts_contact SET name = name
"""
_NO_TRIGGERS = """
DROP TRIGGER contacts_address_removed ON contacts_address;
DROP TRIGGER contacts_address_changed ON contacts_address;
DROP TRIGGER contacts_address_added ON contacts_address;
DROP TRIGGER contacts_renamed ON contacts_organization;
DROP TRIGGER contacts_describe ON contacts_contact;
DROP TRIGGER contacts_name ON contacts_organization
"""
_NO_DESCRIBE = """
DROP FUNCTION contacts_addresses_changed();
DROP FUNCTION contacts_organization_renamed();
DROP FUNCTION contacts_describe_contact();
DROP FUNCTION contacts_name_organization()
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_uploads")]

    operations = [
        migrations.AddField(
            "organization",
            "sort_key",
            models.TextField(
                db_default="", editable=False, help_text="The folded name, kept by the database."
            ),
        ),
        migrations.AddField(
            "contact",
            "sort_key",
            models.TextField(
                db_default="", editable=False, help_text="The folded name, kept by the database."
            ),
        ),
        migrations.AddField(
            "contact",
            "search_text",
            models.TextField(
                db_default="",
                editable=False,
                help_text="Name, organisation and addresses, folded, kept by the database.",
            ),
        ),
        migrations.AddField(
            "address", "main", models.BooleanField(default=False, verbose_name="main address")
        ),
        migrations.AlterModelOptions(
            "organization",
            options={
                "ordering": ("sort_key", "pk"),
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
            },
        ),
        migrations.AlterModelOptions(
            "contact",
            options={
                "ordering": ("sort_key", "pk"),
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
            },
        ),
        migrations.AlterModelOptions(
            "address",
            options={
                "ordering": ("-main", "created_at", "pk"),
                "verbose_name": "email address",
                "verbose_name_plural": "email addresses",
            },
        ),
        migrations.RunSQL(_FOLD, "DROP FUNCTION contacts_fold(text)"),
        migrations.RunSQL(_DESCRIBE, _NO_DESCRIBE),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
