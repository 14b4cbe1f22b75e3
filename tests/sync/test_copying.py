"""Whatever goes in through COPY comes out the same."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sync.copying import copy_blobs, copy_rows
from sync.models import LedgerEntry

COLUMNS = ("n", "words", "raw", "yes", "at")
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
MOMENT = st.datetimes(
    datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone(timedelta(hours=2)))
)
ROW = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.none() | TEXT,
    st.binary(),
    st.booleans(),
    st.none() | MOMENT,
)


class TestRoundTrip(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(ROW, max_size=5))
    def test_it_returns_what_it_was_given(self, rows: list[tuple[object, ...]]) -> None:
        assert round_trip(rows) == rows

    def test_it_keeps_what_looks_like_its_own_marks(self) -> None:
        rows: list[tuple[object, ...]] = [
            (1, "\\N", b"\\x", True, None),
            (2, "\\.", b"", False, datetime(2026, 1, 2, tzinfo=UTC)),
            (3, "a\tb\nc\rd\\", b"\0\xff", True, None),
            (4, LedgerEntry.State.STORED, b"", True, None),
            (5, "", b"", True, None),
        ]
        assert round_trip(rows) == rows

    def test_it_takes_the_choices_of_a_model_for_what_they_say(self) -> None:
        reason = LedgerEntry.Reason.NOT_CONTACT
        assert round_trip([(1, reason, b"", True, None)]) == [(1, "not_contact", b"", True, None)]


def round_trip(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copied (n bigint, words text, raw bytea, yes bool, at timestamptz,"
            " place serial) ON COMMIT DROP"
        )
        copy_rows("copied", COLUMNS, rows)
        cursor.execute("SELECT n, words, raw, yes, at FROM copied ORDER BY place")
        found: list[tuple[object, ...]] = [
            (n, words, bytes(raw), yes, at) for n, words, raw, yes, at in cursor.fetchall()
        ]
        cursor.execute("DROP TABLE copied")
    return found


def test_it_refuses_what_it_has_no_text_for() -> None:
    with pytest.raises(TypeError, match="float"):
        copy_rows("copied", ["n"], [(1.5,)])


@pytest.mark.django_db
def test_it_takes_bytes_as_they_are() -> None:
    rows = [(1, b""), (2**62, bytes(range(256)) * 5_000)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE blobs (n bigint, raw bytea) ON COMMIT DROP")
        copy_blobs("blobs", ("n", "raw"), rows)
        copy_blobs("blobs", ("n", "raw"), [])
        cursor.execute("SELECT n, raw FROM blobs ORDER BY n")
        assert [(n, bytes(raw)) for n, raw in cursor.fetchall()] == rows
