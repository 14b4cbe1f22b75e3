"""The ledger called a message stored of which only a part could be read; now it has failed.

It is here all the same, so it keeps its place under the labels (0011, 0019).
"""

from django.db import migrations

_FUNCTIONS = "sync_unlabel sync_copies_came sync_copies_changed sync_copies_went sync_message_moved"
_STORED = "state = 'stored'"
_HERE = "state IN ('stored', 'failed')"


def _replaced(one: str, other: str) -> str:
    return f"""
DO $do$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT oid FROM pg_proc
        WHERE proname = ANY(string_to_array('{_FUNCTIONS}', ' '))
            AND pronamespace = current_schema()::regnamespace
    LOOP
        EXECUTE replace(pg_get_functiondef(made.oid), $one${one}$one$, $other${other}$other$);
    END LOOP;
END $do$
"""  # noqa: S608 (only the constants above are put in)


_MARK = """
UPDATE sync_ledgerentry entry SET state = 'failed', problem = 'message_damaged', tries = 1
FROM sync_message message WHERE message.id = entry.message_id AND message.quality = 'stub'
    AND message.tombstone_since IS NULL AND entry.state = 'stored'
"""
_UNMARK = """
UPDATE sync_ledgerentry SET state = 'stored', problem = ''
WHERE state = 'failed' AND problem = 'message_damaged' AND message_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0024_allowance")]

    operations = [
        migrations.RunSQL(_replaced(_STORED, _HERE), _replaced(_HERE, _STORED)),
        migrations.RunSQL(_MARK, _UNMARK),
    ]
