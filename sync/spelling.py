"""What somebody may have meant whose word is in no mail: words of the mail that are like it."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import connection

# Words that are looked at, and how alike they have to be (pg_trgm's similarity, 0 to 1).
MOST, ALIKE = 8, 0.35

# The trigrams of both words are compared without accents; the operator is what the index knows.
_LIKE = """
SELECT word FROM sync_searchword
WHERE account_id = ANY(%(accounts)s) AND word %% lower(public.unaccent(%(word)s))
GROUP BY word, similarity(word, lower(public.unaccent(%(word)s)))
HAVING similarity(word, lower(public.unaccent(%(word)s))) >= %(alike)s
ORDER BY similarity(word, lower(public.unaccent(%(word)s))) DESC, word
LIMIT %(most)s
"""


def alike(owner: User, word: str) -> list[str]:
    """Words of the owner's mail, the most similar first; they are folded, as the index is."""
    accounts = list(owner.mail_accounts.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_LIKE, {"accounts": accounts, "word": word, "alike": ALIKE, "most": MOST})
        return [found for (found,) in cursor.fetchall()]


def unknown(owner: User, words: Collection[str]) -> list[str]:
    """Which of the words no word of the owner's mail begins with."""
    if not words:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked FROM unnest(%s::text[]) AS asked WHERE NOT EXISTS ("
            " SELECT FROM sync_searchword WHERE account_id = ANY(%s)"
            " AND word LIKE lower(public.unaccent(asked)) || '%%')",
            [list(words), list(owner.mail_accounts.values_list("pk", flat=True))],
        )
        return [word for (word,) in cursor.fetchall()]
