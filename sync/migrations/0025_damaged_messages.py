from django.db import migrations

# Until now the ledger called a message stored of which only a part could be read.
MARK = """
UPDATE sync_ledgerentry entry SET state = 'failed', problem = 'message_damaged', tries = 1
FROM sync_message message
WHERE message.id = entry.message_id AND message.quality = 'stub' AND entry.state = 'stored'
"""
UNMARK = """
UPDATE sync_ledgerentry SET state = 'stored', problem = ''
WHERE state = 'failed' AND problem = 'message_damaged' AND message_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("sync", "0024_allowance")]

    operations = [migrations.RunSQL(MARK, UNMARK)]
