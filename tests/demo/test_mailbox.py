import email
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parseaddr
from functools import lru_cache

import pytest

from crm_inbox.demo.mailbox import ADDRESS, FOLDERS, DemoMail, contacts, fresh, generate
from crm_inbox.demo.oddities import ALL as ODDITIES
from crm_inbox.demo.script import script

NOW = datetime(2026, 3, 18, 13, 20, tzinfo=UTC)
SEED = 7


@lru_cache
def mailbox(count: int = 3000) -> list[DemoMail]:
    return list(generate(SEED, count, NOW))


@lru_cache
def parsed(count: int = 3000) -> list[Message]:
    return [parse(mail) for mail in mailbox(count)]


def parse(mail: DemoMail) -> Message:
    return email.message_from_bytes(mail.raw)


def ids(value: str | None) -> list[str]:
    return re.findall(r"<([^<>\s]+)>", str(value or ""))


def test_it_makes_the_same_mailbox_from_the_same_seed() -> None:
    assert list(generate(SEED, 500, NOW)) == list(generate(SEED, 500, NOW))
    assert [fresh(SEED, n, NOW) for n in range(40)] == [fresh(SEED, n, NOW) for n in range(40)]


def test_it_makes_another_mailbox_from_another_seed() -> None:
    assert {m.raw for m in mailbox(500)}.isdisjoint(m.raw for m in generate(SEED + 1, 500, NOW))


@pytest.mark.parametrize("count", [0, 1, 3, 49, 500, 3000])
def test_it_makes_as_many_messages_as_asked(count: int) -> None:
    assert len(list(generate(SEED, count, NOW))) == count


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 15, 3, 0, tzinfo=UTC),  # a Sunday night
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),  # clocks change
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize(("count", "recent"), [(500, (35, 45)), (3000, (60, 120))])
def test_it_covers_14_months_and_is_dense_in_the_last_three_days(
    moment: datetime, count: int, recent: tuple[int, int]
) -> None:
    dates = [mail.internaldate for mail in generate(SEED, count, moment)]
    assert dates == sorted(dates)
    assert moment - timedelta(days=430) <= dates[0] <= moment - timedelta(days=428)
    assert moment - timedelta(minutes=10) < dates[-1] <= moment
    assert recent[0] <= sum(date > moment - timedelta(days=3) for date in dates) <= recent[1]


def test_it_is_written_mostly_in_working_hours() -> None:
    dates = [mail.internaldate for mail in mailbox()]
    busy = [date for date in dates if 6 <= date.hour < 18 and date.weekday() < 5]
    assert len(busy) > 0.8 * len(dates)


@pytest.mark.parametrize(("count", "fewest"), [(500, 1), (3000, 15)])
def test_it_fills_every_folder(count: int, fewest: int) -> None:
    folders = Counter(mail.folder for mail in mailbox(count))
    assert set(folders) == {"INBOX", *FOLDERS}
    assert min(folders.values()) >= fewest
    assert folders["INBOX"] > 0.2 * count
    assert folders["Sent"] > 0.2 * count


def test_it_flags_mail_as_people_do() -> None:
    young = [
        m for m in mailbox() if m.internaldate > NOW - timedelta(days=3) and m.folder == "INBOX"
    ]
    unread = [mail for mail in young if r"\Seen" not in mail.flags]
    assert 0.15 * len(young) < len(unread) < 0.7 * len(young)
    assert all(r"\Seen" in mail.flags for mail in mailbox() if mail.folder == "Sent")
    assert all(r"\Draft" in mail.flags for mail in mailbox() if mail.folder == "Drafts")
    assert any(mail.keywords for mail in mailbox())


def test_it_has_60_contacts_among_some_400_correspondents() -> None:
    book = contacts(SEED)
    addresses = [address for contact in book for address in contact.addresses]
    assert len(book) == 60
    assert len(addresses) == len(set(addresses)) > 70
    assert sum(bool(contact.organization) for contact in book) > 45

    people = Counter(
        parseaddr(str(message["From"]))[1]
        for mail, message in zip(mailbox(), parsed(), strict=True)
        if mail.folder not in ("Sent", "Drafts", "Junk", "Trash")
    )
    assert 330 < len(people) < 450
    from_contacts = sum(people[address] for address in addresses)
    assert 0.3 * people.total() < from_contacts < 0.7 * people.total()
    writing = sum(any(people[address] for address in contact.addresses) for contact in book)
    assert writing >= 57


def test_it_also_writes_to_contacts_who_never_answered() -> None:
    """Mail only sent to a contact must not match "From existing contact"."""
    known = {address for contact in contacts(SEED) for address in contact.addresses}
    received: set[str] = set()
    sent: set[str] = set()
    for mail, message in zip(mailbox(), parsed(), strict=True):
        thread = (ids(message["References"]) or ids(message["Message-ID"]))[0]
        (sent if mail.folder == "Sent" else received).add(thread)
        if mail.folder == "Sent" and not known & set(
            re.findall(r"[\w.]+@[\w.-]+", str(message["To"]))
        ):
            sent.discard(thread)
    assert len(sent - received) > 5


def test_it_links_replies_to_messages_that_are_there() -> None:
    dates: dict[str, datetime] = {}
    for mail, message in zip(mailbox(), parsed(), strict=True):
        for name in ids(message["Message-ID"]):
            dates.setdefault(name, mail.internaldate)
    replies = 0
    for mail, message in zip(mailbox(), parsed(), strict=True):
        references = ids(message["References"])
        replies += bool(references)
        assert references[-1:] == ids(message["In-Reply-To"])
        for name in references:
            assert dates[name] < mail.internaldate
    assert replies > 0.4 * len(mailbox())


def test_it_holds_late_replies() -> None:
    dates = {
        ids(m["Message-ID"])[0]: mail.internaldate
        for mail, m in zip(mailbox(), parsed(), strict=True)
    }
    waits = [
        mail.internaldate - dates[name]
        for mail, message in zip(mailbox(), parsed(), strict=True)
        for name in ids(message["In-Reply-To"])
    ]
    assert sum(wait > timedelta(days=30) for wait in waits) > 15


def test_it_sends_from_the_demo_address_only() -> None:
    for mail, message in zip(mailbox(), parsed(), strict=True):
        sender = parseaddr(str(message["From"]))[1]
        assert (sender == ADDRESS) == (mail.folder in ("Sent", "Drafts"))


def test_it_keeps_copies_in_a_second_folder() -> None:
    places: dict[bytes, set[str]] = {}
    for mail in mailbox():
        places.setdefault(mail.raw, set()).add(mail.folder)
    twice = [folders for folders in places.values() if len(folders) > 1]
    assert len(twice) == len(mailbox()) // 50
    assert len(twice) == len(mailbox()) - len(places)


def test_it_uses_crlf_only_and_no_nul() -> None:
    for mail in mailbox():
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", mail.raw)


def test_it_names_only_reserved_domains() -> None:
    for message in parsed():
        for field in ("From", "To", "Cc"):
            for domain in re.findall(r"@([\w.-]+)", str(message[field] or "")):
                assert domain.endswith(".example"), domain


@pytest.mark.parametrize("odd", ODDITIES, ids=lambda odd: odd.__name__)
def test_it_breaks_some_messages(odd: Callable[[bytes], bytes]) -> None:
    mangled = {letter.mangle for number in range(1200) for letter in script(SEED, number).letters}
    assert odd in mangled


def test_it_varies_the_subjects_of_the_inbox() -> None:
    subjects = Counter(
        str(message["Subject"]).removeprefix("Re: ").removeprefix("Odp: ")
        for mail, message in zip(mailbox()[-200:], parsed()[-200:], strict=True)
        if mail.folder == "INBOX"
    )
    assert max(subjects.values()) <= 4
    assert len(subjects) > 0.6 * subjects.total()


@pytest.mark.parametrize("count", [500, 3000])
def test_it_lets_mail_arrive_in_conversations_that_are_there(count: int) -> None:
    here = {name for message in parsed(count) for name in ids(message["Message-ID"])}
    arrived = [parse(fresh(SEED, n, NOW)) for n in range(60)]
    names = [ids(message["Message-ID"])[0] for message in arrived]
    assert len(set(names)) == 60
    assert here.isdisjoint(names)
    replies = [message for message in arrived if message["References"]]
    assert len(replies) == 27
    assert all(name in here for message in replies for name in ids(message["References"]))
    assert sum(message["List-Id"] is not None for message in arrived) == 9
    known = {address for contact in contacts(SEED) for address in contact.addresses}
    assert sum(parseaddr(str(message["From"]))[1] in known for message in arrived) >= 12
    assert all(parseaddr(str(message["From"]))[1] != ADDRESS for message in arrived)
