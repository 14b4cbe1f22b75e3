import email
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median

from crm_inbox.demo.bulk import bulk

NOW = datetime(2026, 3, 18, 13, 20, tzinfo=UTC)


def test_it_makes_the_same_messages_from_the_same_seed() -> None:
    assert list(bulk(50, 3, NOW)) == list(bulk(50, 3, NOW))


def test_it_has_the_sizes_of_a_working_mailbox() -> None:
    sizes = [len(mail.raw) for mail in bulk(1500, 1, NOW)]
    assert 8_000 < median(sizes) < 13_000
    assert 50_000 < sum(sizes) / len(sizes) < 150_000
    assert max(sizes) > 1_000_000


def test_it_spreads_them_over_the_time_asked_for() -> None:
    dates = [mail.internaldate for mail in bulk(200, 1, NOW, years=2)]
    assert dates == sorted(dates)
    assert NOW - timedelta(days=730) < dates[0] < NOW - timedelta(days=720)
    assert NOW - timedelta(days=10) < dates[-1] <= NOW


def test_it_makes_threads_of_mixed_lengths() -> None:
    threads: dict[str, int] = {}
    for mail in bulk(800, 1, NOW):
        message = email.message_from_bytes(mail.raw)
        first = (message["References"] or message["Message-ID"]).split()[0]
        threads[first] = threads.get(first, 0) + 1
    assert sum(length == 1 for length in threads.values()) > 50
    assert max(threads.values()) > 10


def test_it_is_lazy() -> None:
    assert len(list(islice(bulk(10_000_000, 1, NOW), 5))) == 5


def test_it_is_whole_for_the_standard_library() -> None:
    for mail in bulk(200, 1, NOW):
        message = email.message_from_bytes(mail.raw)
        assert not any(part.defects for part in message.walk())
        assert b"\n" not in mail.raw.replace(b"\r\n", b"")
