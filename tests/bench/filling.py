"""A database of any size in minutes: what years of mail leave behind, written by SQL.

Few people write most of the mail, few words are most of the text, some conversations are long:
each number is drawn with such a skew, always the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction

from contacts.addresses import normalise
from sync.models import Account, Folder
from sync.packing import pack

OWNER, OTHER = "bench", "somebody else"
ADDRESSES = ("anna@ours.example", "sales@ours.example", "old@ours.example")
# Of a hundred conversations how many are in the first account, and in the first two.
SHARES = (75, 95)
LABELS = ("INBOX", "Sent", "Clients", "Clients/Żółw", "Invoices", "Projects", "Travel", "Rare")
# In most mails, in one of about 50, of 2,000, and only in one of a contact with an odd name.
COMMON, MEDIUM, SELDOM = "regards", "quarterly", "zeppelin"


@dataclass(frozen=True)
class Size:
    """How many there are of each; the other owner has a hundredth beside it."""

    messages: int
    threads: int
    contacts: int


def fill(size: Size) -> None:
    """Fill an empty, migrated database."""
    accounts = _accounts()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SELECT setseed(0.42)")
        definitions = _without_indexes()
        values = {
            **vars(size),
            "people": size.contacts * 3 // 2,
            "companies": max(1, size.contacts // 8),
            "first": accounts[0].pk,
            "second": accounts[1].pk,
            "third": accounts[2].pk,
            "owner": accounts[0].owner_id,
            "stranger": accounts[3].pk,
            "strange_owner": accounts[3].owner_id,
            "share1": SHARES[0],
            "share2": SHARES[1],
            "addresses": list(ADDRESSES),
        }
        for statement in _CONTACTS:
            cursor.execute(statement, values)
        _write_texts()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Foreign keys are right by construction, and checking them takes as long as writing.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in _MAIL:
            cursor.execute(statement, values)
        for definition in definitions:
            cursor.execute(definition)
    _settle()


def _accounts() -> list[Account]:
    owner = User.objects.create_user(OWNER)
    other = User.objects.create_user(OTHER)
    made = []
    for address, whose in (*((one, owner) for one in ADDRESSES), ("jan@ours.example", other)):
        account = Account.objects.create(
            owner=whose,
            address=address,
            own_addresses=[normalise(address)],
            host="127.0.0.1",
            port=1,
            username=address,
            state=Account.State.PAUSED,
        )
        Folder.objects.bulk_create(
            Folder(
                account=account,
                raw_name=name.encode(),
                name=name,
                special_use="\\Sent" if name == "Sent" else "",
                uidvalidity=1,
                uidnext=10**9,
            )
            for name in LABELS
        )
        made.append(account)
    return made


def _without_indexes() -> list[str]:
    """Take away the indexes that no constraint needs; how to make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND tablename LIKE 'sync%'"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def _write_texts() -> None:
    """Each is packed as the sync packs it."""
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS)
        cursor.execute("SELECT number, text FROM letter")
        packed = [(pack("Subject: x", text, ""), number) for number, text in cursor.fetchall()]
        cursor.execute(
            "UPDATE letter SET packed = made.packed"
            " FROM unnest(%s::bytea[], %s::int[]) AS made(packed, number)"
            " WHERE letter.number = made.number",
            [list(column) for column in zip(*packed, strict=True)],
        )


def _settle() -> None:
    """What autovacuum would have done in the years."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# A word of rank r is written about 1/r as often as the first: 30,000 made-up words, and a few
# that the searches look for.
_WORDS = """
CREATE TEMPORARY TABLE word ON COMMIT DROP AS
SELECT rank, CASE rank WHEN 1 THEN 'regards' WHEN 60 THEN 'quarterly' WHEN 2000 THEN 'zeppelin'
    WHEN 40 THEN 'żółwie' ELSE
    substr('bcdfghklmnprstwz', 1 + rank %% 16, 1) || substr('aeiouy', 1 + rank / 16 %% 6, 1)
    || substr('lmnrstkz', 1 + rank / 96 %% 8, 1) || substr('aeiou', 1 + rank / 768 %% 5, 1)
    || substr('bdgkmnprst', 1 + rank / 3840 %% 10, 1) END AS word
FROM generate_series(1, 30000) rank
"""
# Texts are made once and shared by messages: what it costs to draw a word for each of a million is
# not what is measured.
_TEXTS = """
CREATE TEMPORARY TABLE letter ON COMMIT DROP AS
SELECT number, string_agg(word.word, ' ') AS text, NULL::bytea AS packed,
    to_tsvector('simple', public.unaccent(string_agg(word.word, ' '))) AS vector
FROM (
    SELECT number, place, floor(exp(random() * ln(30000)))::int AS rank
    FROM generate_series(0, 19999) number, generate_series(1, 90) place
) drawn JOIN word USING (rank) GROUP BY number
"""
_COMPANIES = """
INSERT INTO contacts_organization (name)
SELECT 'Firma ' || initcap(word.word) || ' ' || number
FROM generate_series(1, %(companies)s) number JOIN word ON word.rank = 100 + number %% 29000
"""
_PEOPLE_KNOWN = """
INSERT INTO contacts_contact (name, organization_id, created_at, updated_at)
SELECT initcap(first.word) || ' ' || CASE WHEN number %% 50 = 0 THEN 'Żółkiewska'
    ELSE initcap(last.word) END || CASE WHEN number = 77 THEN ' Quixote' ELSE '' END,
    (SELECT min(id) FROM contacts_organization) + number %% %(companies)s, now(), now()
FROM generate_series(1, %(contacts)s) number
JOIN word first ON first.rank = 5 + number * 7 %% 900
JOIN word last ON last.rank = 2000 + number * 13 %% 27000
"""
_ADDRESSES = """
INSERT INTO contacts_address (contact_id, email, normalized, main, created_at)
SELECT id, address, address, false, now() FROM (
    SELECT id, 'p' || person || '@firma' || person %% %(companies)s || '.example' AS address
    FROM (SELECT id, id + (id - 1) / 2 AS person FROM contacts_contact) numbered
) contact
"""
# Person n writes 1/n as often as the first; two of three are contacts.
_MESSAGES = """
CREATE TEMPORARY TABLE draft ON COMMIT DROP AS
SELECT number AS id, thread,
    timestamptz '2026-11-01' - interval '1 day' * (power(thread::float / %(threads)s, 1.3) * 1500)
        + interval '1 minute' * floor(random() * 6000) AS arrived_at,
    floor(exp(random() * ln(%(people)s)))::bigint AS person,
    random() < 0.35 AS sent, random() < 0.9 AS seen, random() < 0.12 AS files,
    floor(random() * 20000)::int AS letter
FROM (
    SELECT number, CASE WHEN number <= %(threads)s THEN number
        ELSE 1 + floor(power(random(), 1.4) * %(threads)s) END::bigint AS thread
    FROM generate_series(1, %(messages)s) number
) tied
"""
_THREADS = """
INSERT INTO sync_thread (id, account_id, owner_id, server_thread, state, subject, snippet, people,
    last_message_at, message_count, unread_count, has_attachments, has_sent, from_contact,
    to_contact)
SELECT thread, CASE WHEN thread %% 100 < %(share1)s THEN %(first)s
    WHEN thread %% 100 < %(share2)s THEN %(second)s ELSE %(third)s END,
    %(owner)s, '', CASE WHEN thread %% 10 < 6 THEN 'inbox' WHEN thread %% 10 < 9 THEN 'archived'
    ELSE 'trashed' END, min(word.word) || ' offer ' || thread, 'The beginning of a message',
    jsonb_build_array('Person ' || min(person)), max(arrived_at), count(*),
    count(*) FILTER (WHERE NOT seen AND NOT sent), bool_or(files), bool_or(sent),
    bool_or(NOT sent AND person %% 3 > 0), bool_or(sent AND person %% 3 > 0)
FROM draft JOIN word ON word.rank = 1 + thread %% 29000 GROUP BY thread
"""
_STORED = """
INSERT INTO sync_message (id, account_id, thread_id, dedupe_key, message_id, subject, from_name,
    from_address, snippet, sent_at, arrived_at, size, direction, quality, seen, has_attachments)
SELECT draft.id, thread.account_id, thread.id, decode(md5(draft.id::text), 'hex'),
    draft.id || '@mail.example', thread.subject,
    CASE WHEN sent THEN 'Anna' ELSE 'Person ' || person END,
    CASE WHEN sent THEN (%(addresses)s)[1] ELSE 'p' || person || '@firma'
        || person %% %(companies)s || '.example' END,
    'The beginning of a message', draft.arrived_at, draft.arrived_at, 4000,
    CASE WHEN sent THEN 'sent' ELSE 'received' END, 'good', seen, files
FROM draft JOIN sync_thread thread ON thread.id = draft.thread
"""
_BODIES = """
INSERT INTO sync_messagebody (message_id, packed)
SELECT draft.id, letter.packed FROM draft JOIN letter ON letter.number = draft.letter
"""
_PEOPLE = """
INSERT INTO sync_participant (message_id, role, position, name, address)
SELECT id, CASE WHEN theirs = sent THEN 'to' ELSE 'from' END, 0,
    CASE WHEN theirs THEN 'Person ' || person ELSE 'Anna' END,
    CASE WHEN theirs THEN 'p' || person || '@firma' || person %% %(companies)s || '.example'
        ELSE (%(addresses)s)[1] END
FROM draft, (VALUES (true), (false)) side(theirs)
"""
_FILES = """
INSERT INTO sync_attachment (message_id, section, name, content_type, size, content_id, inline,
    encoding)
SELECT id, '2', 'offer_' || id || '.pdf', 'application/pdf', 20000, '', false, 'base64'
FROM draft WHERE files
"""
_COPIES = """
INSERT INTO sync_ledgerentry (folder_id, uidvalidity, uid, state, reason, problem, tries,
    arrived_at, size, seen, message_id)
SELECT folder.id, 1, draft.id, 'stored', '', '', 0, draft.arrived_at, 4000, seen, draft.id
FROM draft JOIN sync_thread thread ON thread.id = draft.thread
JOIN sync_folder folder ON folder.account_id = thread.account_id AND folder.name = CASE
    WHEN sent THEN 'Sent' WHEN thread.id %% 10 < 7 THEN 'INBOX'
    WHEN thread.id %% 1000 = 7 THEN 'Rare' WHEN thread.id %% 10 = 7 THEN 'Clients'
    WHEN thread.id %% 10 = 8 THEN 'Invoices' ELSE 'Projects' END
"""
_INDEX = """
INSERT INTO sync_searchentry (message_id, vector)
SELECT draft.id, setweight(to_tsvector('simple', thread.subject), 'A')
    || setweight(to_tsvector('simple', 'Person p' || person || ' firma'
        || person %% %(companies)s || ' example'), CASE WHEN sent THEN 'C' ELSE 'B' END::"char")
    || letter.vector
FROM draft JOIN sync_thread thread ON thread.id = draft.thread
JOIN letter ON letter.number = draft.letter
"""
_LABELS = """
INSERT INTO sync_threadfolder (folder_id, thread_id, state, last_message_at)
SELECT DISTINCT copy.folder_id, thread.id, thread.state, thread.last_message_at
FROM sync_ledgerentry copy JOIN draft ON draft.id = copy.message_id
JOIN sync_thread thread ON thread.id = draft.thread
"""
_VOCABULARY = """
INSERT INTO sync_searchword (account_id, word)
SELECT account.id, public.unaccent(word.word) FROM sync_account account, word
"""
_NUMBERS = """
SELECT setval(pg_get_serial_sequence('sync_' || kind, 'id'), %(messages)s + 1)
FROM unnest(ARRAY['thread', 'message']) kind
"""
_CONTACTS = (_WORDS, _COMPANIES, _PEOPLE_KNOWN, _ADDRESSES)
_MAIL = (
    *(_MESSAGES, _THREADS, _STORED, _BODIES, _PEOPLE, _FILES, _COPIES, _INDEX),
    *(_LABELS, _VOCABULARY, _NUMBERS),
)
