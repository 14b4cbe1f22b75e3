"""Texts as one value: small, and the same when they are read again."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from hypothesis import given
from hypothesis import strategies as st

from sync.packing import pack, unpack

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(TEXT, TEXT, TEXT)
def test_it_returns_what_it_was_given(headers: str, text: str, html: str) -> None:
    assert unpack(pack(headers, text, html)) == (headers, text, html)


def test_it_makes_words_small_and_short_ones_no_larger() -> None:
    assert len(pack("", "Zażółć gęślą jaźń. " * 500, "")) < 100
    assert len(pack("", "a", "")) == 4


@pytest.mark.django_db(transaction=True)
def test_the_migration_keeps_the_texts_both_ways() -> None:
    before, after = [("sync", "0013_by_hand_and_for_good")], [("sync", "0014_packed_bodies")]
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        migrate(before)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO sync_messagebody (message_id, headers, text, html)"
                " SELECT n, 'Subject: ' || n, repeat('Żółw ', n), '<p>' FROM"
                " generate_series(1, 1001) n"
            )
        migrate(after)
        with connection.cursor() as cursor:
            cursor.execute("SELECT packed FROM sync_messagebody WHERE message_id = 1001")
            assert unpack(bytes(cursor.fetchone()[0])) == ("Subject: 1001", "Żółw " * 1001, "<p>")
        migrate(before)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM sync_messagebody WHERE headers = 'Subject: ' || message_id"
                " AND text = repeat('Żółw ', message_id::int) AND html = '<p>'"
            )
            assert cursor.fetchone() == (1001,)
            cursor.execute("DELETE FROM sync_messagebody")
    finally:
        migrate(newest)


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)
