from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_PAIRS = """
INSERT INTO sync_threadfolder (folder_id, thread_id)
SELECT DISTINCT copy.folder_id, message.thread_id
FROM sync_ledgerentry copy JOIN sync_message message ON message.id = copy.message_id
WHERE copy.state = 'stored' AND copy.expunged_at IS NULL
ON CONFLICT DO NOTHING
"""
# As the index does from now on for each batch, see sync.searching; the words of the newest mail are
# nearly all there are, and those of a million messages would take minutes.
_WORDS = """
INSERT INTO sync_searchword (account_id, word)
SELECT DISTINCT account.id, found.lexeme
FROM sync_account account,
    LATERAL (
        SELECT entry.vector FROM sync_message message
        JOIN sync_searchentry entry ON entry.message_id = message.id
        WHERE message.account_id = account.id ORDER BY message.id DESC LIMIT 20000
    ) newest,
    unnest(newest.vector) AS found
WHERE found.lexeme ~ '^[^\\d_]{4,24}$'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    # Neither filling nor building indexes holds up the work that goes on.
    atomic = False

    dependencies = [("sync", "0011_labels_and_words")]

    operations = [
        migrations.RunSQL(_PAIRS, migrations.RunSQL.noop),
        migrations.RunSQL(_WORDS, migrations.RunSQL.noop),
        AddIndexConcurrently(
            "searchword",
            GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"]),
        ),
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["owner", "-last_message_at", "-id"],
                condition=models.Q(("state__in", ("inbox", "archived"))),
                name="thread_list_mail",
            ),
        ),
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["owner", "-last_message_at", "-id"],
                condition=models.Q(("has_sent", True), ("state__in", ("inbox", "archived"))),
                name="thread_list_sent",
            ),
        ),
    ]
