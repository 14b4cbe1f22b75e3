"""A message has one key, whether its metadata was asked for or its content came at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.judging import key_of
from sync.parse import Unread, parse_headers
from sync.rows import read
from sync.wire import Connection
from tests.imap.dovecot import Person

pytestmark = pytest.mark.needs("dovecot")
MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAMPLES = [
    sample
    for sample in sorted((Path(__file__).parent.parent / "mail").glob("*.eml"))
    if sample.stat().st_size
]


def test_every_sample_has_the_same_key_both_ways(person: Person) -> None:
    names = {}
    for sample in SAMPLES:
        uid = person.append(sample.read_bytes().replace(b"\0", b""), date=MARCH)
        names[uid] = sample.name
    with Connection.open(person.server(), person.credentials) as connection:
        connection.examine(b"INBOX")
        asked = {
            one.uid: (key_of(one, parse_headers(one.headers), one.internaldate), one.size)
            for one in connection.metadata(sorted(names))
        }
        sizes = [(uid, size) for uid, (_, size) in asked.items()]
        found = {
            one.uid: read(Unread(one.raw, asked[one.uid][1], MARCH)).key
            for one in connection.bodies(sizes)
            if one.raw is not None
        }
    differing = [names[uid] for uid, key in found.items() if key != asked[uid][0]]
    assert len(found) > len(SAMPLES) * 9 // 10
    assert differing == []
