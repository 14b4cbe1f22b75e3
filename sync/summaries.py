"""What a list shows of a conversation, worked out from its messages, many at once."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection, transaction

from sync import changes
from sync.models import Account

# A contact's address is found through the participants; the account's own addresses never count.
# Who has connected the account speaks as null: the pages call them "me", whatever their mail
# program has signed with.
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
        SELECT thread_id,
            CASE direction WHEN 'received' THEN coalesce(nullif(from_name, ''), from_address) END
                AS name,
            max(arrived_at) AS spoke_at
        FROM living GROUP BY thread_id, 2
    ) speaker GROUP BY thread_id
), made AS (
    INSERT INTO sync_thread (
        id, account_id, owner_id, server_thread, state, last_message_at, message_count,
        unread_count, has_attachments, has_sent, from_contact, to_contact, subject, snippet, people
    )
    SELECT told.thread_id, account.id, account.owner_id, fresh.server_thread, 'inbox',
        told.last_message_at, told.message_count, told.unread_count, told.has_attachments,
        told.has_sent, told.from_contact, told.to_contact, told.subject, told.snippet,
        speakers.people
    FROM told JOIN speakers USING (thread_id)
    JOIN unnest(%(made)s::bigint[], %(server_threads)s::text[]) AS fresh(id, server_thread)
        ON fresh.id = told.thread_id
    JOIN sync_account account ON account.id = %(account)s
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
        _work_out(threads, {}, None)
        changes.tell_owners_of(threads)


def make_and_refresh(account: Account, made: Mapping[int, str], threads: Collection[int]) -> None:
    """The same for new mail of one account. `made` are those of the conversations that have
    messages and no row yet, with their X-GM-THRID or THREADID: each is written once, as it is.
    """
    _work_out(threads, made, account.pk)
    changes.tell(account.owner_id)


def _work_out(threads: Collection[int], made: Mapping[int, str], account: int | None) -> None:
    values: dict[str, Any] = {
        "threads": sorted(threads),
        "made": list(made),
        "server_threads": list(made.values()),
        "account": account,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # A few rows of each table, always by index; while a first sync fills the tables there
        # are no statistics yet that would tell the planner so.
        cursor.execute("SET LOCAL enable_seqscan TO off")
        cursor.execute(_REFRESH, values)


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
