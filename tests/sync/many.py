"""More conversations than anybody would write by hand, each with one unread message."""

from django.db import connection

from sync.models import Account

_THREADS = """
INSERT INTO sync_thread (account_id, owner_id, server_thread, state, subject, snippet, people,
    last_message_at, message_count, unread_count, has_attachments, has_sent, from_contact,
    to_contact)
SELECT %s, %s, '', 'inbox', 'Offer ' || number, 'text', '["Ewa"]',
    timestamptz '2026-11-20 12:00Z' - number * interval '1 minute', 1, 1, false, false,
    number %% 3 = 0, false
FROM generate_series(1, %s) number
"""
_MESSAGES = """
INSERT INTO sync_message (account_id, thread_id, dedupe_key, message_id, subject, from_name,
    from_address, snippet, arrived_at, size, direction, quality, seen, has_attachments)
SELECT account_id, id, decode(md5(id::text), 'hex'), '', subject, 'Ewa', 'ewa@klient.example',
    'text', last_message_at, 1, 'received', 'parsed', false, false
FROM sync_thread WHERE account_id = %s
"""


def make_threads(account: Account, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_THREADS, [account.pk, account.owner_id, count])
        cursor.execute(_MESSAGES, [account.pk])
