"""What a list shows of a conversation, worked out from its messages, many at once."""

from collections.abc import Collection

from django.db import connection, transaction

from sync import changes

# A contact's address is found through the participants; the account's own addresses never count.
_REFRESH = """
WITH touched AS (
    SELECT thread.id, account.own_addresses
    FROM sync_thread thread JOIN sync_account account ON account.id = thread.account_id
    WHERE thread.id = ANY(%(threads)s)
), living AS (
    SELECT message.*, touched.own_addresses
    FROM touched JOIN sync_message message ON message.thread_id = touched.id
    WHERE message.tombstone_since IS NULL
), told AS (
    SELECT thread_id,
        max(arrived_at) AS last_message_at,
        count(*) AS message_count,
        count(*) FILTER (WHERE NOT seen AND direction = 'received') AS unread_count,
        bool_or(has_attachments) AS has_attachments,
        bool_or(direction = 'sent') AS has_sent,
        (array_agg(subject ORDER BY arrived_at, id))[1] AS subject,
        (array_agg(snippet ORDER BY arrived_at DESC, id DESC))[1] AS snippet
    FROM living GROUP BY thread_id
), speakers AS (
    SELECT thread_id, jsonb_agg(name ORDER BY spoke_at, name) AS people
    FROM (
        SELECT thread_id, coalesce(nullif(from_name, ''), from_address) AS name,
            max(arrived_at) AS spoke_at
        FROM living GROUP BY thread_id, 2
    ) speaker GROUP BY thread_id
), contacts AS (
    SELECT living.thread_id,
        bool_or(living.direction = 'received' AND participant.role = 'from') AS from_contact,
        bool_or(living.direction = 'sent' AND participant.role <> 'from') AS to_contact
    FROM living
    JOIN sync_participant participant ON participant.message_id = living.id
    JOIN contacts_address address ON address.normalized = participant.address
    WHERE participant.address <> ALL(living.own_addresses)
    GROUP BY living.thread_id
)
UPDATE sync_thread thread SET
    last_message_at = told.last_message_at,
    message_count = told.message_count,
    unread_count = told.unread_count,
    has_attachments = told.has_attachments,
    has_sent = told.has_sent,
    subject = told.subject,
    snippet = told.snippet,
    people = speakers.people,
    from_contact = coalesce(contacts.from_contact, false),
    to_contact = coalesce(contacts.to_contact, false)
FROM told
JOIN speakers USING (thread_id)
LEFT JOIN contacts USING (thread_id)
WHERE thread.id = told.thread_id
"""


def refresh(threads: Collection[int]) -> None:
    """Work out the list's columns of these conversations again, in one statement."""
    if threads:
        with transaction.atomic(), connection.cursor() as cursor:
            # A few rows of each table, always by index; while a first sync fills the tables there
            # are no statistics yet that would tell the planner so.
            cursor.execute("SET LOCAL enable_seqscan TO off")
            cursor.execute(_REFRESH, {"threads": sorted(threads)})
            changes.tell_owners_of(threads)


def refresh_for_addresses(addresses: Collection[str]) -> None:
    """The same for every conversation in which one of these normalised addresses takes part."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT message.thread_id FROM sync_participant participant"
            " JOIN sync_message message ON message.id = participant.message_id"
            " WHERE participant.address = ANY(%s)",
            [sorted(addresses)],
        )
        refresh([thread for (thread,) in cursor.fetchall()])
