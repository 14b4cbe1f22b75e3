from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# A few thousand conversations a transaction: what comes meanwhile waits for no more than that.
_FILL = """
DO $$
DECLARE
    part bigint[];
    last bigint := 0;
BEGIN
    LOOP
        SELECT array_agg(id), max(id) INTO part, last FROM (
            SELECT id FROM sync_thread WHERE id > last ORDER BY id LIMIT 5000
        ) next;
        EXIT WHEN part IS NULL;
        PERFORM sync_hold(part);
        UPDATE sync_threadfolder pair
        SET state = thread.state, last_message_at = thread.last_message_at
        FROM sync_thread thread WHERE thread.id = ANY(part) AND pair.thread_id = thread.id;
        COMMIT;
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    # Neither filling nor building the index holds up the work that goes on.
    atomic = False

    dependencies = [("sync", "0019_labels_in_order")]

    operations = [
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        AddIndexConcurrently(
            "threadfolder",
            models.Index(
                fields=["folder", "state", "-last_message_at", "-thread"],
                name="thread_folder_list",
            ),
        ),
        # Else the first pages would be planned as if every label had a few conversations.
        migrations.RunSQL("ANALYZE sync_threadfolder", migrations.RunSQL.noop),
    ]
