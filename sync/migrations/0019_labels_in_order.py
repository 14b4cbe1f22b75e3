"""What a conversation is filed under knows its state and date, so that a label is one range.

Else the page of a label that has little in a view walks through all that the view has. Triggers
keep them, as they keep the pairs (0011). A conversation's row is locked before its pairs are
touched, in the order of the ids like everywhere: nobody waits in a ring, and no pair misses a
change that is made in the same moment.
"""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

# Until the next migration has filled it in.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_HERE = "{0}.state = 'stored' AND {0}.expunged_at IS NULL"
_FUNCTIONS = f"""
CREATE FUNCTION sync_hold(threads bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM sync_thread WHERE id = ANY(threads) ORDER BY id FOR NO KEY UPDATE;
END $$;
-- Enter those of the pairs that are not there yet.
CREATE FUNCTION sync_label(folders bigint[], threads bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    new_folders bigint[];
    new_threads bigint[];
BEGIN
    SELECT array_agg(pair.folder_id), array_agg(pair.thread_id) INTO new_folders, new_threads
    FROM unnest(folders, threads) AS pair(folder_id, thread_id) WHERE NOT EXISTS (
        SELECT FROM sync_threadfolder here
        WHERE here.folder_id = pair.folder_id AND here.thread_id = pair.thread_id
    );
    IF new_threads IS NOT NULL THEN
        PERFORM sync_hold(new_threads);
        INSERT INTO sync_threadfolder (folder_id, thread_id, state, last_message_at)
        SELECT pair.folder_id, thread.id, thread.state, thread.last_message_at
        FROM unnest(new_folders, new_threads) AS pair(folder_id, thread_id)
        JOIN sync_thread thread ON thread.id = pair.thread_id
        ON CONFLICT DO NOTHING;
    END IF;
END $$;
CREATE OR REPLACE FUNCTION sync_unlabel(folders bigint[], threads bigint[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF threads IS NULL THEN
        RETURN;
    END IF;
    PERFORM sync_hold(threads);
    DELETE FROM sync_threadfolder gone
    USING unnest(folders, threads) AS pair(folder_id, thread_id)
    WHERE gone.folder_id = pair.folder_id AND gone.thread_id = pair.thread_id AND NOT EXISTS (
        SELECT FROM sync_message message
        JOIN sync_ledgerentry copy ON copy.message_id = message.id
        WHERE message.thread_id = pair.thread_id AND copy.folder_id = pair.folder_id
            AND {_HERE.format("copy")}
    );
END $$;
CREATE OR REPLACE FUNCTION sync_copies_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sync_label(array_agg(came.folder_id), array_agg(came.thread_id)) FROM (
        SELECT DISTINCT copy.folder_id, message.thread_id
        FROM new_rows copy JOIN sync_message message ON message.id = copy.message_id
        WHERE {_HERE.format("copy")}
    ) came;
    RETURN NULL;
END $$;
-- Old and new rows are not joined: a plan is kept for as long as the connection, and one that was made
-- for few rows would compare many each with each.
CREATE OR REPLACE FUNCTION sync_copies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sync_label(array_agg(came.folder_id), array_agg(came.thread_id)) FROM (
        SELECT DISTINCT copy.folder_id, message.thread_id FROM (
            SELECT folder_id, message_id FROM new_rows WHERE {_HERE.format("new_rows")}
            EXCEPT SELECT folder_id, message_id FROM old_rows WHERE {_HERE.format("old_rows")}
        ) copy JOIN sync_message message ON message.id = copy.message_id
    ) came;
    PERFORM sync_unlabel(array_agg(lost.folder_id), array_agg(lost.thread_id)) FROM (
        SELECT DISTINCT copy.folder_id, message.thread_id FROM (
            SELECT folder_id, message_id FROM old_rows WHERE {_HERE.format("old_rows")}
            EXCEPT SELECT folder_id, message_id FROM new_rows WHERE {_HERE.format("new_rows")}
        ) copy JOIN sync_message message ON message.id = copy.message_id
    ) lost;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION sync_message_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sync_label(array_agg(copy.folder_id), array_agg(NEW.thread_id)) FROM (
        SELECT DISTINCT folder_id FROM sync_ledgerentry copy
        WHERE copy.message_id = NEW.id AND {_HERE.format("copy")}
    ) copy;
    PERFORM sync_unlabel(array_agg(pair.folder_id), array_agg(pair.thread_id))
    FROM sync_threadfolder pair WHERE pair.thread_id = OLD.thread_id;
    RETURN NULL;
END $$;
-- For the same reason the pairs are found by index, however many conversations came first.
CREATE FUNCTION sync_threads_changed() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
    UPDATE sync_threadfolder pair
    SET state = thread.state, last_message_at = thread.last_message_at
    FROM (
        SELECT id, state, last_message_at FROM new_rows
        EXCEPT SELECT id, state, last_message_at FROM old_rows
    ) thread
    WHERE pair.thread_id = thread.id;
    RETURN NULL;
END $$;
CREATE TRIGGER sync_threads_changed AFTER UPDATE ON sync_thread
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sync_threads_changed()
"""  # noqa: S608 (only the constant above is put in)
# As 0011 made them.
_NO_FUNCTIONS = f"""
DROP TRIGGER sync_threads_changed ON sync_thread;
DROP FUNCTION sync_threads_changed();
DROP FUNCTION sync_unlabel(bigint[], bigint[]);
-- Take away the pairs among these that no copy stands for any more.
CREATE OR REPLACE FUNCTION sync_unlabel(folders bigint[], threads bigint[]) RETURNS void LANGUAGE sql AS $$
    DELETE FROM sync_threadfolder gone
    USING unnest(folders, threads) AS pair(folder_id, thread_id)
    WHERE gone.folder_id = pair.folder_id AND gone.thread_id = pair.thread_id AND NOT EXISTS (
        SELECT FROM sync_message message
        JOIN sync_ledgerentry copy ON copy.message_id = message.id
        WHERE message.thread_id = pair.thread_id AND copy.folder_id = pair.folder_id
            AND {_HERE.format("copy")}
    )
$$;
CREATE OR REPLACE FUNCTION sync_copies_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_threadfolder (folder_id, thread_id)
    SELECT DISTINCT copy.folder_id, message.thread_id
    FROM new_rows copy JOIN sync_message message ON message.id = copy.message_id
    WHERE {_HERE.format("copy")}
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION sync_copies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION sync_copies_went() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sync_unlabel(array_agg(lost.folder_id), array_agg(lost.thread_id)) FROM (
        SELECT DISTINCT was.folder_id, message.thread_id
        FROM old_rows was JOIN sync_message message ON message.id = was.message_id
        WHERE {_HERE.format("was")}
    ) lost;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION sync_message_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_threadfolder (folder_id, thread_id)
    SELECT DISTINCT copy.folder_id, NEW.thread_id FROM sync_ledgerentry copy
    WHERE copy.message_id = NEW.id AND {_HERE.format("copy")}
    ON CONFLICT DO NOTHING;
    PERFORM sync_unlabel(array_agg(pair.folder_id), array_agg(pair.thread_id))
    FROM sync_threadfolder pair WHERE pair.thread_id = OLD.thread_id;
    RETURN NULL;
END $$;
DROP FUNCTION sync_label(bigint[], bigint[]);
DROP FUNCTION sync_hold(bigint[])
"""  # noqa: S608 (only the constant above is put in)


class Migration(migrations.Migration):
    dependencies = [("sync", "0018_words_of_the_administration")]

    operations = [
        # With a default of the database a column is added without writing the table anew.
        migrations.AddField(
            "threadfolder",
            "state",
            models.CharField(db_default="inbox", max_length=8),
        ),
        migrations.AddField(
            "threadfolder",
            "last_message_at",
            models.DateTimeField(db_default=_LONG_AGO),
        ),
        migrations.AlterField(
            "threadfolder",
            "thread",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="filed",
                to="sync.thread",
            ),
        ),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
    ]
