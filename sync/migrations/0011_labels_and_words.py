"""Which conversations lie in which folder, and the words of the mail.

A page of a label must not look through the ledger, which has a row for every copy of every message.
Triggers keep the pairs, so whoever writes the ledger or moves a message to another conversation
cannot forget them. Rows go with their folder, conversation or account, by the database itself.
"""

import django.db.models.deletion
from django.db import migrations, models

_CASCADES = """
ALTER TABLE sync_threadfolder
    ADD CONSTRAINT threadfolder_folder FOREIGN KEY (folder_id) REFERENCES sync_folder (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT threadfolder_thread FOREIGN KEY (thread_id) REFERENCES sync_thread (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE sync_searchword
    ADD CONSTRAINT searchword_account FOREIGN KEY (account_id) REFERENCES sync_account (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""
_NO_CASCADES = """
ALTER TABLE sync_threadfolder
    DROP CONSTRAINT threadfolder_folder, DROP CONSTRAINT threadfolder_thread;
ALTER TABLE sync_searchword DROP CONSTRAINT searchword_account
"""
_HERE = "{0}.state = 'stored' AND {0}.expunged_at IS NULL"
_FUNCTIONS = f"""
-- Take away the pairs among these that no copy stands for any more.
CREATE FUNCTION sync_unlabel(folders bigint[], threads bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM sync_threadfolder gone
    USING unnest(folders, threads) AS pair(folder_id, thread_id)
    WHERE gone.folder_id = pair.folder_id AND gone.thread_id = pair.thread_id AND NOT EXISTS (
        SELECT FROM sync_message message
        JOIN sync_ledgerentry copy ON copy.message_id = message.id
        WHERE message.thread_id = pair.thread_id AND copy.folder_id = pair.folder_id
            AND {_HERE.format("copy")}
    )
$$;
CREATE FUNCTION sync_copies_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_threadfolder (folder_id, thread_id)
    SELECT DISTINCT copy.folder_id, message.thread_id
    FROM new_rows copy JOIN sync_message message ON message.id = copy.message_id
    WHERE {_HERE.format("copy")}
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION sync_copies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_threadfolder (folder_id, thread_id)
    SELECT DISTINCT copy.folder_id, message.thread_id
    FROM new_rows copy
    JOIN old_rows was ON was.id = copy.id
    JOIN sync_message message ON message.id = copy.message_id
    WHERE {_HERE.format("copy")} AND (was.state, was.expunged_at, was.message_id)
        IS DISTINCT FROM (copy.state, copy.expunged_at, copy.message_id)
    ON CONFLICT DO NOTHING;
    PERFORM sync_unlabel(array_agg(lost.folder_id), array_agg(lost.thread_id)) FROM (
        SELECT DISTINCT was.folder_id, message.thread_id
        FROM old_rows was
        JOIN new_rows copy ON copy.id = was.id
        JOIN sync_message message ON message.id = was.message_id
        WHERE {_HERE.format("was")}
            AND NOT ({_HERE.format("copy")} AND copy.message_id = was.message_id)
    ) lost;
    RETURN NULL;
END $$;
CREATE FUNCTION sync_copies_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sync_unlabel(array_agg(lost.folder_id), array_agg(lost.thread_id)) FROM (
        SELECT DISTINCT was.folder_id, message.thread_id
        FROM old_rows was JOIN sync_message message ON message.id = was.message_id
        WHERE {_HERE.format("was")}
    ) lost;
    RETURN NULL;
END $$;
CREATE FUNCTION sync_message_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_threadfolder (folder_id, thread_id)
    SELECT DISTINCT copy.folder_id, NEW.thread_id FROM sync_ledgerentry copy
    WHERE copy.message_id = NEW.id AND {_HERE.format("copy")}
    ON CONFLICT DO NOTHING;
    PERFORM sync_unlabel(array_agg(pair.folder_id), array_agg(pair.thread_id))
    FROM sync_threadfolder pair WHERE pair.thread_id = OLD.thread_id;
    RETURN NULL;
END $$
"""  # noqa: S608 (only the constant above is put in)
_TRIGGERS = """
CREATE TRIGGER sync_copies_came AFTER INSERT ON sync_ledgerentry
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sync_copies_came();
CREATE TRIGGER sync_copies_changed AFTER UPDATE ON sync_ledgerentry
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sync_copies_changed();
CREATE TRIGGER sync_copies_went AFTER DELETE ON sync_ledgerentry
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sync_copies_went();
CREATE TRIGGER sync_message_moved AFTER UPDATE OF thread_id ON sync_message
    FOR EACH ROW WHEN (OLD.thread_id IS DISTINCT FROM NEW.thread_id)
    EXECUTE FUNCTION sync_message_moved()
"""
_NO_TRIGGERS = """
DROP TRIGGER sync_message_moved ON sync_message;
DROP TRIGGER sync_copies_went ON sync_ledgerentry;
DROP TRIGGER sync_copies_changed ON sync_ledgerentry;
DROP TRIGGER sync_copies_came ON sync_ledgerentry
"""
_NO_FUNCTIONS = """
DROP FUNCTION sync_message_moved();
DROP FUNCTION sync_copies_went();
DROP FUNCTION sync_copies_changed();
DROP FUNCTION sync_copies_came();
DROP FUNCTION sync_unlabel(bigint[], bigint[])
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0010_grants")]

    operations = [
        migrations.CreateModel(
            name="ThreadFolder",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "folder_id",
                        "thread_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="sync.folder",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="sync.thread",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id",
                        "word",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="sync.account",
                    ),
                ),
                ("word", models.TextField()),
            ],
        ),
        migrations.RunSQL(_CASCADES, _NO_CASCADES),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
