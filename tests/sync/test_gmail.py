"""Gmail end to end: its labels through All Mail, once for each message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sync import runs
from sync.models import Account, Folder, Label, LedgerEntry, Message
from sync.wire import encode_name
from tests.imap.fetching import Letter
from tests.imap.gmail import ALL_MAIL, DRAFT, IMPORTANT, INBOX, SENT, SPAM, STARRED, TRASH, Gmail
from tests.imap.provider import running
from tests.sync.mailbox import NOW, Syncing, connected, conversations, dump, letter

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = encode_name("Klienci/Żółw & syn")
LABELS = (CLIENTS, b"2024", b'say "hi"', rb"back\slash", b"Work")


class Post(Syncing):
    """A Gmail mailbox and the account that syncs it."""

    def __init__(self, gmail: Gmail) -> None:
        self.gmail = gmail
        self.account = connected("127.0.0.1", gmail.port, "me@crm.example")

    def receive(
        self,
        name: str,
        *labels: bytes,
        days: float = 0.5,
        folder: bytes = ALL_MAIL,
        thread: int = 0,
        raw: bytes | None = None,
    ) -> Letter:
        date = NOW - timedelta(days=days)
        return self.gmail.receive(raw or letter(name), date, labels, folder, thread)

    def reasons(self) -> dict[str, str]:
        """What the ledger says of All Mail, by the letters' names."""
        rows = LedgerEntry.objects.filter(
            folder__raw_name=ALL_MAIL, folder__account=self.account, expunged_at=None
        )
        there = self.gmail.places[ALL_MAIL].letters
        return {name_of(there[row.uid]): row.reason or row.state for row in rows}


def name_of(one: Letter) -> str:
    return one.raw.partition(b"Message-ID: <")[2].partition(b"@")[0].decode()


@pytest.fixture(params=[False, True], ids=["at once", "byte by byte"])
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    with running(Gmail(LABELS, slowly=request.param)) as gmail:
        assert isinstance(gmail, Gmail)
        yield Post(gmail)


def test_all_mail_is_synced_once_whatever_its_labels(post: Post) -> None:
    post.receive("inbox", INBOX, IMPORTANT)
    post.receive("many", INBOX, STARRED, CLIENTS, b"2024", b'say "hi"', rb"back\slash")
    post.receive("archived")
    post.receive("mine", SENT, raw=letter("mine", sender="me@crm.example"))
    post.receive("alias", SENT)
    post.receive("draft", DRAFT)
    post.receive("spam", folder=SPAM)
    post.receive("bin", folder=TRASH)
    post.receive("old", INBOX, days=30)
    post.first_sync()
    assert post.letters == ["alias", "archived", "inbox", "many", "mine"]
    assert post.reasons() == {
        **dict.fromkeys(("alias", "archived", "inbox", "many", "mine"), "stored"),
        "draft": "label",
    }
    assert Message.objects.get(message_id="mine@mail.example").direction == "sent"
    assert Message.objects.get(message_id="alias@mail.example").direction == "sent"
    post.past_sync(3)
    assert "old" in post.letters
    assert set(LedgerEntry.objects.values_list("folder__special_use", flat=True)) == {"\\All"}
    before = dump(post.account)
    post.sync()
    assert dump(post.account) == before


def test_labels_are_shown_as_people_named_them(post: Post) -> None:
    post.choose_first()
    shown = {label.name: (label.kind, bytes(label.raw_name)) for label in Label.objects.all()}
    gmail = Label.Kind.GMAIL
    assert shown["INBOX"] == (gmail, INBOX)
    assert shown["Klienci/Żółw & syn"] == (gmail, CLIENTS)
    assert shown["2024"] == (gmail, b"2024")
    assert shown["[Gmail]/Wysłane"] == (gmail, SENT)
    assert shown["[Gmail]/Ważne"] == (gmail, IMPORTANT)
    assert shown["[Gmail]/Oznaczone gwiazdką"] == (gmail, STARRED)
    assert shown["[Gmail]/Wersje robocze"] == (gmail, DRAFT)
    assert shown["[Gmail]/Spam"] == (Label.Kind.FOLDER, SPAM)
    assert shown["[Gmail]/Kosz"] == (Label.Kind.FOLDER, TRASH)
    assert not {"[Gmail]", "[Gmail]/Wszystkie"} & set(shown)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("INBOX", INBOX),
        ("[Gmail]/Wysłane", SENT),
        ("[Gmail]/Ważne", IMPORTANT),
        ("[Gmail]/Oznaczone gwiazdką", STARRED),
        ("[Gmail]/Wersje robocze", DRAFT),
        ("Klienci/Żółw & syn", CLIENTS),
        ("2024", b"2024"),
        ('say "hi"', b'say "hi"'),
        (r"back\slash", rb"back\slash"),
    ],
)
def test_a_chosen_label_brings_what_carries_it(post: Post, name: str, label: bytes) -> None:
    post.receive("with", label)
    post.receive("without", b"Work")
    post.receive("old", label, days=40)
    post.choose_first(name)
    post.first_sync()
    assert post.letters == ["with"]
    assert post.reasons() == {"with": "stored", "without": "label", "old": "too_old"}
    post.past_sync(3)
    assert post.letters == ["old", "with"]
    post.receive("later", label, days=0)
    post.receive("other", days=0)
    post.sync()
    assert post.letters == ["later", "old", "with"]


def test_a_label_put_on_by_hand_brings_an_old_message_in(post: Post) -> None:
    post.receive("with", CLIENTS)
    recent, old, older = (post.receive(f"age{days}", INBOX, days=days) for days in (1, 50, 900))
    post.choose_first("Klienci/Żółw & syn")
    post.first_sync()
    assert post.letters == ["with"]
    for one in (recent, old, older):
        post.gmail.label(one, CLIENTS)
    post.gmail.label(post.receive("read", INBOX, days=60), STARRED)
    post.sync()
    assert post.letters == ["age1", "age50", "age900", "with"]


def test_a_label_that_is_taken_off_removes_nothing(post: Post) -> None:
    one = post.receive("a", CLIENTS, INBOX)
    post.choose_first("Klienci/Żółw & syn")
    post.first_sync()
    post.gmail.unlabel(one, CLIENTS)
    post.sync()
    assert post.letters == ["a"]
    assert Message.objects.get().left_server_at is None
    post.gmail.label(one, CLIENTS)
    post.sync()
    assert post.reasons() == {"a": "stored"}


def test_other_labels_chosen_later_bring_theirs_and_remove_none(post: Post) -> None:
    post.receive("work", b"Work")
    post.receive("year", b"2024", days=2)
    post.receive("both", b"Work", b"2024", days=1)
    post.receive("none", days=1)
    post.choose_first("Work")
    post.first_sync()
    assert post.letters == ["both", "work"]
    post.labels("2024")
    post.sync()
    assert post.letters == ["both", "work", "year"]
    post.receive("work-later", b"Work", days=0)
    post.receive("year-later", b"2024", days=0)
    post.sync()
    assert post.letters == ["both", "work", "year", "year-later"]
    Account.objects.update(label_choice=Account.LabelChoice.ALL)
    runs.labels_changed(post.account)
    post.sync()
    assert post.letters == ["both", "none", "work", "work-later", "year", "year-later"]


def test_gmails_threads_are_the_conversations(post: Post) -> None:
    first = post.receive("first", INBOX, days=30)
    post.receive("second", INBOX, days=1, thread=first.thread)
    # Gmail splits long threads, and does not follow references that do not agree in the subject.
    post.receive("apart", raw=letter("apart", references="<first@mail.example>"))
    post.first_sync()
    post.past_sync(3)
    assert conversations() == {("first", "second"), ("apart",)}


def test_two_messages_with_one_message_id_are_two_and_copies_are_none(post: Post) -> None:
    """A mailing list's copy of one's own mail has another X-GM-MSGID."""
    post.receive("same", INBOX)
    post.receive("same", INBOX, CLIENTS)
    post.first_sync()
    assert post.letters == ["same", "same"]
    assert Message.objects.count() == 2


def test_spam_and_trash_come_only_when_they_are_picked(post: Post) -> None:
    post.receive("good", INBOX)
    post.receive("spam", folder=SPAM)
    post.receive("bin", folder=TRASH)
    post.choose_first("[Gmail]/Spam", "INBOX")
    post.first_sync()
    assert post.letters == ["good", "spam"]
    assert set(Folder.objects.exclude(uidnext=None).values_list("special_use", flat=True)) == {
        "\\All",
        "\\Junk",
    }


def test_a_message_that_goes_to_the_trash_and_back_is_the_same(post: Post) -> None:
    one = post.receive("a", INBOX)
    for number in range(3):
        post.receive(f"b{number}", INBOX)
    post.first_sync()
    post.gmail.move(one, ALL_MAIL, TRASH)
    post.sync()
    kept = Message.objects.get(message_id="a@mail.example")
    assert kept.left_server_at is not None
    post.gmail.move(one, TRASH, ALL_MAIL)
    post.sync()
    kept.refresh_from_db()
    assert kept.left_server_at is None
    assert post.letters == ["a", "b0", "b1", "b2"]


def test_all_mail_that_is_hidden_from_programs_leaves_the_other_folders(post: Post) -> None:
    """Gmail's settings can hide All Mail from IMAP."""
    del post.gmail.places[ALL_MAIL]
    assert not post.gmail.places.get(ALL_MAIL)
    for place in (b"INBOX", CLIENTS):
        post.gmail.places[place].put(
            Letter(letter("a"), NOW - timedelta(hours=1), number=9, thread=9)
        )
    post.first_sync()
    assert post.letters == ["a"]
    assert LedgerEntry.objects.filter(state="stored").count() == 2


def test_what_gmail_is_asked_for_is_in_its_own_words(post: Post) -> None:
    post.receive("a", CLIENTS)
    post.choose_first("Klienci/Żółw & syn", r"back\slash")
    post.first_sync()
    said = set(post.gmail.asked)
    assert any(f'X-GM-LABELS "{CLIENTS.decode()}"' in line for line in said)
    assert any(r'X-GM-LABELS "back\\slash"' in line for line in said)
    assert not any(line.startswith(("SELECT", "UID STORE", "APPEND")) for line in said)
