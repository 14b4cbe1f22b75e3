"""What searching and narrowing to a label look at beside the messages themselves."""

from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sync.models.account import Account
from sync.models.folder import Folder
from sync.models.thread import Thread


class ThreadFolder(models.Model):
    """A folder in which a message of a conversation lies now; kept by the database (0011, 0019).

    State and date repeat what the conversation's row says: a label is one range of an index.
    """

    pk = models.CompositePrimaryKey("folder_id", "thread_id")
    folder = models.ForeignKey(
        Folder, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.DO_NOTHING, db_constraint=False, related_name="filed"
    )
    state = models.CharField(max_length=8, db_default=Thread.State.INBOX)
    last_message_at = models.DateTimeField(db_default=datetime(1970, 1, 1, tzinfo=UTC))

    class Meta:
        indexes = [
            models.Index(
                fields=["folder", "state", "-last_message_at", "-thread"],
                name="thread_folder_list",
            )
        ]


class SearchWord(models.Model):
    """A word of an account's mail, folded, so that a misspelt one finds its like."""

    pk = models.CompositePrimaryKey("account_id", "word")
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    word = models.TextField()

    class Meta:
        indexes = [GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
