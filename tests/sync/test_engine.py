"""The engine against a real server: whatever happens there, the ledger tells it here."""

import imaplib
from datetime import timedelta

import pytest

from contacts.models import Address, Contact
from crm_inbox.local.processes import wait_until
from sync.models import Account, Coverage, Folder, LedgerEntry, Message, Run, Thread
from sync.wire import encode_name
from tests.sync.mailbox import Mailbox, dump

pytestmark = pytest.mark.needs("dovecot")


def test_the_first_sync_brings_three_days_and_knows_no_more(mailbox: Mailbox) -> None:
    mailbox.deliver("new", days=0.1)
    mailbox.deliver("nearly", days=2.9)
    mailbox.deliver("old", days=3.1)
    mailbox.deliver("mine", "Sent", sender="me@crm.example", to="jan@firma.example")
    mailbox.first_sync()
    assert mailbox.letters == ["mine", "nearly", "new"]
    assert mailbox.account.first_sync_done_at is not None
    assert Run.objects.get().state == Run.State.DONE
    assert Message.objects.get(message_id="mine@mail.example").direction == "sent"


def test_spam_trash_and_drafts_stay_out(mailbox: Mailbox) -> None:
    for folder in ("Junk", "Trash", "Drafts", "INBOX"):
        mailbox.deliver(folder.lower(), folder)
    mailbox.first_sync()
    assert mailbox.letters == ["inbox"]


def test_a_longer_past_sync_fetches_only_what_is_missing(mailbox: Mailbox) -> None:
    for name, days in {"days": 1, "weeks": 20, "months": 80, "year": 300, "ancient": 500}.items():
        mailbox.deliver(name, days=days)
    mailbox.first_sync()
    month = mailbox.past_sync(1)
    assert mailbox.letters == ["days", "weeks"]
    year = mailbox.past_sync(12)
    assert mailbox.letters == ["days", "months", "weeks", "year"]
    assert (month.entries.count(), year.entries.count()) == (1, 2)


def test_contacts_only_takes_what_is_with_a_contact(mailbox: Mailbox) -> None:
    contact = Contact.objects.create(name="Ewa")
    contact.add_address("ewa@klient.example")
    contact.add_address("me@crm.example")
    mailbox.deliver("from", days=30, sender="ewa@klient.example")
    mailbox.deliver("to", "Sent", days=30, sender="me@crm.example", to="Ewa@Klient.example")
    mailbox.deliver("none", days=30)
    mailbox.deliver("alike", days=30, sender="newa@klient.example")
    mailbox.first_sync()
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["from", "to"]
    assert sorted(mailbox.ledger().values()) == ["not_contact", "not_contact", "stored"]
    mailbox.past_sync(3, "everyone")
    assert mailbox.letters == ["alike", "from", "none", "to"]


def test_contacts_only_reads_headers_where_contacts_are_many(mailbox: Mailbox) -> None:
    for number in range(60):
        Contact.objects.create(name="Ewa").add_address(f"ewa{number}@klient.example")
    mailbox.deliver("with", days=30, sender="ewa7@klient.example")
    mailbox.deliver("without", days=30)
    mailbox.first_sync()
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["with"]


def test_an_address_added_later_is_filled_in(mailbox: Mailbox) -> None:
    contact = Contact.objects.create(name="Ewa")
    contact.add_address("ewa@klient.example")
    mailbox.deliver("first", days=30, sender="ewa@klient.example")
    mailbox.deliver("second", days=30, sender="ewa@home.example")
    mailbox.first_sync()
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["first"]
    contact.add_address("ewa@home.example")
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["first", "second"]


def test_an_address_of_an_import_that_was_being_written_is_filled_in(mailbox: Mailbox) -> None:
    mailbox.deliver("first", days=30, sender="ewa@klient.example")
    mailbox.first_sync()
    run = mailbox.past_sync(3, "contacts")
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    Address.objects.update(created_at=run.created_at - timedelta(seconds=30))
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["first"]


def test_an_address_that_was_mistyped_is_filled_in_when_it_is_put_right(mailbox: Mailbox) -> None:
    contact = Contact.objects.create(name="Ewa")
    address = contact.add_address("ewa@klinet.example")
    mailbox.deliver("first", days=30, sender="ewa@klient.example")
    mailbox.first_sync()
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == []
    address.email = "ewa@klient.example"
    address.save(update_fields=["email"])
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["first"]


def test_new_mail_comes_in_and_old_mail_moved_about_does_not(mailbox: Mailbox) -> None:
    mailbox.deliver("first")
    mailbox.first_sync()
    mailbox.deliver("second", days=0)
    mailbox.deliver("old", days=50)
    mailbox.sync()
    assert mailbox.letters == ["first", "second"]
    assert list(mailbox.ledger().values()) == ["stored", "stored", "too_old"]


def test_a_move_is_no_loss_and_costs_no_body(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.first_sync()
    mailbox.command("a", "MOVE", "Work")
    mailbox.sync()
    assert mailbox.ledger() == {}
    assert list(mailbox.ledger("Work").values()) == ["stored"]
    assert Message.objects.get().left_server_at is None


def test_a_copy_is_the_same_message(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.first_sync()
    mailbox.command("a", "COPY", "Work")
    mailbox.sync()
    assert mailbox.letters == ["a"]
    assert Message.objects.get().copies.count() == 2


def test_what_left_the_server_stays_and_is_marked(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.deliver("b")
    mailbox.deliver("c")
    mailbox.first_sync()
    mailbox.delete("b")
    mailbox.sync()
    assert mailbox.letters == ["a", "b", "c"]
    assert Message.objects.exclude(left_server_at=None).get().message_id == "b@mail.example"


def test_reading_elsewhere_is_seen_here_and_nothing_is_written_back(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.deliver("b", flags=("\\Seen",))
    mailbox.first_sync()
    assert Thread.objects.filter(unread_count=1).count() == 1
    mailbox.command("a", "STORE", "+FLAGS", "(\\Seen)")
    mailbox.sync()
    assert Thread.objects.filter(unread_count=0).count() == 2
    mailbox.command("b", "STORE", "-FLAGS", "(\\Seen)")
    mailbox.sync()
    with mailbox.open() as client:
        assert len(client.uid("SEARCH", "SEEN")[1][0].split()) == 1
        assert len(client.uid("SEARCH", "ALL")[1][0].split()) == 2


def test_chosen_folders_bring_in_what_is_put_there_whatever_its_age(mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Klienci & żółw")
    mailbox.deliver("inbox")
    mailbox.deliver("old", days=200)
    mailbox.deliver("work", "Klienci & żółw")
    mailbox.first_sync()
    assert mailbox.letters == ["inbox", "work"]
    mailbox.labels("Klienci & żółw")
    mailbox.deliver("later", days=0)
    mailbox.command("old", "COPY", f'"{encode_name("Klienci & żółw").decode()}"')
    mailbox.sync()
    assert mailbox.letters == ["inbox", "old", "work"]


def test_running_any_sync_twice_changes_no_row(mailbox: Mailbox) -> None:
    for number in range(30):
        mailbox.deliver(f"n{number}", days=number * 10, flags=("\\Seen",) * (number % 2))
    mailbox.first_sync()
    mailbox.past_sync(12)
    before = dump(mailbox.account)
    mailbox.sync()
    mailbox.past_sync(12)
    mailbox.past_sync(3, "contacts")
    mailbox.first_sync()
    assert dump(mailbox.account) == before


def renumber(mailbox: Mailbox) -> None:
    """Dovecot gives new numbers to folders whose lists of UIDs are lost."""
    for pattern in ("dovecot-uidlist", "dovecot.index*"):
        for path in mailbox.dovecot.folder.rglob(pattern):
            if mailbox.name in path.parts:
                path.unlink()


def test_a_renumbered_folder_is_mapped_and_nothing_is_fetched_again(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.deliver("b", flags=("\\Seen",))
    mailbox.deliver("old", days=100)
    mailbox.first_sync()
    mailbox.past_sync(1)
    before = set(Message.objects.values_list("pk", flat=True))
    old_validity = Folder.objects.get(name="INBOX").uidvalidity or 0
    renumber(mailbox)
    mailbox.deliver("c", days=0)
    mailbox.sync()
    assert Folder.objects.get(name="INBOX").uidvalidity != old_validity
    assert mailbox.letters == ["a", "b", "c"]
    assert before < set(Message.objects.values_list("pk", flat=True))
    assert LedgerEntry.objects.filter(uidvalidity=old_validity).count() == 0
    assert not Message.objects.exclude(left_server_at=None).exists()


def opens(mailbox: Mailbox) -> bool:
    """Does the password still do?"""
    try:
        with mailbox.open():
            return True
    except imaplib.IMAP4.error:
        return False


def test_a_refused_password_asks_the_person_and_keeps_everything(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.first_sync()
    before = dump(mailbox.account)
    mailbox.dovecot.add_user(mailbox.name, "another")
    # It looks for changed passwords at most once a second.
    assert wait_until(lambda: not opens(mailbox), 60)
    with pytest.raises(AssertionError, match="authentication_refused"):
        mailbox.sync()
    assert mailbox.account.state == Account.State.REFUSED
    assert dump(mailbox.account) == before


def test_conversations_merge_when_the_parent_comes_late(mailbox: Mailbox) -> None:
    mailbox.deliver("root", days=40)
    mailbox.deliver("reply", days=1, references="<root@mail.example>")
    mailbox.deliver("other", days=2, references="<root@mail.example>")
    mailbox.first_sync()
    mailbox.past_sync(3)
    assert Thread.objects.get().message_count == 3


def test_coverage_says_since_when_each_folder_is_here(mailbox: Mailbox) -> None:
    mailbox.deliver("a")
    mailbox.first_sync()
    run = mailbox.past_sync(6)
    since = set(Coverage.objects.values_list("folder__name", "scope", "since"))
    assert ("INBOX", "everyone", run.since) in since


def test_a_keyword_is_a_label_and_putting_it_on_brings_the_message_in(mailbox: Mailbox) -> None:
    mailbox.deliver("hot", flags=("Hot",))
    mailbox.deliver("cold")
    mailbox.deliver("old-hot", days=100, flags=("Hot",))
    mailbox.deliver("old-cold", days=100)
    mailbox.choose_first("Hot")
    mailbox.first_sync()
    assert mailbox.letters == ["hot"]
    assert list(mailbox.ledger().values()) == ["stored", "label", "too_old"]
    mailbox.command("cold", "STORE", "+FLAGS", "(Hot)")
    mailbox.command("old-cold", "STORE", "+FLAGS", "(Hot)")
    mailbox.command("old-hot", "STORE", "+FLAGS", "(\\Seen)")
    mailbox.sync()
    assert mailbox.letters == ["cold", "hot", "old-cold"]


def test_labels_chosen_later_bring_their_mail_and_remove_none(mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.dovecot.add_folder(mailbox.name, "Private")
    for folder in ("INBOX", "Work", "Private"):
        mailbox.deliver(folder, folder)
        mailbox.deliver(f"old-{folder}", folder, days=40)
    mailbox.choose_first("Work")
    mailbox.first_sync()
    assert mailbox.letters == ["Work"]
    mailbox.labels("Private")
    mailbox.sync()
    assert mailbox.letters == ["Private", "Work"]
    mailbox.deliver("late", "Work", days=0)
    mailbox.sync()
    assert mailbox.letters == ["Private", "Work"]
