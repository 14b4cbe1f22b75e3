"""The search index, written behind the sync: GIN is ten times slower to write than all else."""

import time

from django.db import connection, transaction

from sync.models import SearchBacklog
from sync.packing import unpack

BATCH = 200
# Characters of a text that are indexed; a tsvector holds at most 1 MB.
TEXT_LIMIT = 100_000
# Words that can be misspelt: a number or a single letter is not like another.
WORD = r"^[^\d_]{4,24}$"

# What the parser would take for a piece of an address, a file name or a tag.
_GLUE = "@._-/:=+&<>"


def _words(column: str) -> str:
    """SQL of the column's words, each found for itself: glue becomes a space.

    sync.finding cuts what is searched for in the same way. One replace after the other takes an
    eighth of the time of a translate, which was half of the time of indexing.
    """
    folded = f"public.unaccent({column})"
    for letter in _GLUE:
        folded = f"replace({folded}, '{letter}', ' ')"
    return folded


# Two workers take different rows; a message that went meanwhile goes from the backlog with it.
_TAKE = """
WITH taken AS (
    DELETE FROM sync_searchbacklog WHERE message_id IN (
        SELECT message_id FROM sync_searchbacklog
        ORDER BY arrived_at DESC LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ) RETURNING message_id
)
SELECT taken.message_id, body.packed FROM taken LEFT JOIN sync_messagebody body USING (message_id)
"""
# Weights: A subject, B sender, C recipients, D the text and the names of the files.
_WRITE = f"""
WITH taken AS (
    SELECT * FROM unnest(%(messages)s::bigint[], %(texts)s::text[]) AS given(message_id, text)
), people AS (
    SELECT message_id,
        string_agg(name || ' ' || address, ' ') FILTER (WHERE role = 'from') AS senders,
        string_agg(name || ' ' || address, ' ') FILTER (WHERE role <> 'from') AS recipients
    FROM sync_participant WHERE message_id IN (SELECT message_id FROM taken) GROUP BY message_id
), files AS (
    SELECT message_id, string_agg(name, ' ') AS names
    FROM sync_attachment WHERE message_id IN (SELECT message_id FROM taken) GROUP BY message_id
), written AS (
    INSERT INTO sync_searchentry (message_id, vector)
    SELECT message.id,
        setweight(to_tsvector('simple', {_words("message.subject")}), 'A')
        || setweight(to_tsvector('simple', {_words("coalesce(people.senders, '')")}), 'B')
        || setweight(to_tsvector('simple', {_words("coalesce(people.recipients, '')")}), 'C')
        || to_tsvector('simple', {_words("taken.text")})
        || to_tsvector('simple', {_words("coalesce(files.names, '')")})
    FROM taken JOIN sync_message message ON message.id = taken.message_id
    LEFT JOIN people ON people.message_id = message.id
    LEFT JOIN files ON files.message_id = message.id
    ON CONFLICT (message_id) DO UPDATE SET vector = excluded.vector
    RETURNING message_id, vector
), words AS MATERIALIZED (
    -- Each word once before it is looked at: most are in most mails.
    SELECT DISTINCT message.account_id, found.word
    FROM written JOIN sync_message message ON message.id = written.message_id,
        unnest(tsvector_to_array(written.vector)) AS found(word)
), known AS (
    -- What sync.spelling compares misspelt words with.
    INSERT INTO sync_searchword (account_id, word)
    SELECT account_id, word FROM words
    WHERE word ~ %(word)s AND NOT EXISTS (
        SELECT FROM sync_searchword known
        WHERE known.account_id = words.account_id AND known.word = words.word
    )
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
)
SELECT
"""  # noqa: S608 (only the constant above is put in)


def catch_up(seconds: float) -> bool:
    """Index the newest messages for about so long; True where some are left."""
    deadline = time.monotonic() + seconds
    while index_batch():
        if time.monotonic() >= deadline:
            return backlog() > 0
    return False


def index_batch() -> int:
    """The next newest messages; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"batch": BATCH})
        taken = cursor.fetchall()
        texts = {message: unpack(bytes(packed)).text for message, packed in taken if packed}
        if texts:
            cut = [text[:TEXT_LIMIT] for text in texts.values()]
            cursor.execute(_WRITE, {"messages": list(texts), "texts": cut, "word": WORD})
    return len(taken)


def backlog() -> int:
    """How many messages the search does not know yet."""
    return SearchBacklog.objects.count()
