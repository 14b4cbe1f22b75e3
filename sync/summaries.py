"""What a list shows of a conversation, worked out from its messages, many at once."""

from collections.abc import Collection

from django.db import connection, transaction

from sync import changes

# A contact's address is found through the participants; the account's own addresses never count.
# For each message by index: joined, all participants there are would be read through.
_REFRESH = """
WITH living AS (
    SELECT message.*, EXISTS (
        SELECT FROM sync_participant participant
        JOIN contacts_address address ON address.normalized = participant.address
        WHERE participant.message_id = message.id
            AND (participant.role = 'from') = (message.direction = 'received')
            AND participant.address <> ALL(account.own_addresses)
    ) AS with_contact
    FROM sync_message message JOIN sync_account account ON account.id = message.account_id
    WHERE message.thread_id = ANY(%(threads)s) AND message.tombstone_since IS NULL
), told AS (
    SELECT thread_id,
        max(arrived_at) AS last_message_at,
        count(*) AS message_count,
        count(*) FILTER (WHERE NOT seen AND direction = 'received') AS unread_count,
        bool_or(has_attachments) AS has_attachments,
        bool_or(direction = 'sent') AS has_sent,
        bool_or(direction = 'received' AND with_contact) AS from_contact,
        bool_or(direction = 'sent' AND with_contact) AS to_contact,
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
)
UPDATE sync_thread thread SET
    last_message_at = told.last_message_at,
    message_count = told.message_count,
    unread_count = told.unread_count,
    has_attachments = told.has_attachments,
    has_sent = told.has_sent,
    from_contact = told.from_contact,
    to_contact = told.to_contact,
    subject = told.subject,
    snippet = told.snippet,
    people = speakers.people
FROM told JOIN speakers USING (thread_id)
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
