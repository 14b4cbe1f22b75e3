"""Folders that are renamed, deleted and made again at the provider."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from contacts.models import Contact
from sync import engine, runs
from sync.attachments import original_source
from sync.leaving import GRACE, let_go
from sync.models import Account, Folder, Message
from sync.wire import MessageMissing
from tests.sync.mailbox import Mailbox, dump
from tests.sync.test_midway import listed_only

pytestmark = pytest.mark.needs("dovecot")


@pytest.fixture
def synced(mailbox: Mailbox) -> Mailbox:
    """With two letters in a folder of their own, and one that lies in the inbox as well."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("new", "Work")
    mailbox.deliver("old", "Work", days=40)
    mailbox.deliver("both", "Work")
    mailbox.first_sync()
    mailbox.past_sync(3)
    mailbox.command("both", "COPY", "INBOX", folder="Work")
    mailbox.sync()
    return mailbox


def at_the_server(mailbox: Mailbox, verb: str, *names: str) -> None:
    with mailbox.open() as client:
        status, said = getattr(client, verb)(*names)
        assert status == "OK", said


def later(mailbox: Mailbox, by: timedelta = GRACE) -> None:
    """Sync when that much time has gone by."""
    mailbox.sync()
    Folder.objects.exclude(missing_since=None).update(missing_since=F("missing_since") - by)
    Account.objects.update(listed_at=None)
    mailbox.sync()


def left() -> list[str]:
    gone = Message.objects.exclude(left_server_at=None).order_by("message_id")
    return [name.partition("@")[0] for name in gone.values_list("message_id", flat=True)]


def test_a_renamed_folder_takes_its_mail_along(synced: Mailbox) -> None:
    at_the_server(synced, "rename", "Work", "Projects")
    synced.sync()
    assert list(synced.ledger("Projects").values()) == ["stored"] * 3
    for message in Message.objects.all():
        assert message.message_id.encode() in original_source(message)
    later(synced)
    assert (synced.letters, left()) == (["both", "new", "old"], [])
    at_the_server(synced, "rename", "Projects", "Work")
    later(synced)
    assert left() == []
    assert list(synced.ledger("Work").values()) == ["stored"] * 3


def test_a_renamed_folder_takes_older_mail_with_contacts_along(mailbox: Mailbox) -> None:
    Contact.objects.create(name="Jan").add_address("jan@firma.example")
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("known", "Work", days=40)
    mailbox.deliver("stranger", "Work", days=40, sender="eve@elsewhere.example")
    mailbox.first_sync()
    mailbox.past_sync(3, "contacts")
    assert mailbox.letters == ["known"]
    at_the_server(mailbox, "rename", "Work", "Projects")
    later(mailbox)
    assert list(mailbox.ledger("Projects").values()) == ["stored", "too_old"]
    assert (mailbox.letters, left()) == (["known"], [])
    assert b"known" in original_source(Message.objects.get())


def test_mail_of_a_deleted_folder_stays_and_has_left_the_server_after_a_while(
    synced: Mailbox,
) -> None:
    at_the_server(synced, "delete", "Work")
    synced.sync()
    assert left() == []
    later(synced)
    assert (synced.letters, left()) == (["both", "new", "old"], ["new", "old"])
    with pytest.raises(MessageMissing):
        original_source(Message.objects.get(message_id="new@mail.example"))
    before = dump(synced.account)
    later(synced)
    assert dump(synced.account) == before


def test_a_folder_that_was_out_of_sight_for_long_has_its_mail_back(synced: Mailbox) -> None:
    before = dump(synced.account)
    Folder.objects.filter(name="Work").update(raw_name=b"Elsewhere")
    Folder.objects.filter(name="Work").update(name="Elsewhere")
    lost = Folder.objects.get(name="Elsewhere")
    later(synced)
    Folder.objects.filter(name="Work").delete()
    Folder.objects.filter(pk=lost.pk).update(raw_name=b"Work", name="Work")
    Account.objects.update(listed_at=None)
    synced.sync()
    assert left() == []
    after = dump(synced.account)
    # The folder is covered anew, for as long as all the others.
    assert {key: after[key] for key in after if key != "coverage"} == {
        key: before[key] for key in before if key != "coverage"
    }


def test_another_folder_of_the_same_name_gives_nothing_back(synced: Mailbox) -> None:
    at_the_server(synced, "delete", "Work")
    later(synced)
    synced.dovecot.add_folder(synced.name, "Work")
    synced.deliver("fresh", "Work")
    synced.sync()
    assert synced.letters == ["both", "fresh", "new", "old"]
    assert left() == ["new", "old"]
    assert list(synced.ledger("Work").values()) == ["stored"]


def listed_past_of_work(mailbox: Mailbox) -> None:
    """A past sync has listed an old letter, and fetched nothing yet."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("new", "Work")
    mailbox.deliver("old", "Work", days=40)
    mailbox.first_sync()
    runs.start_past_sync(mailbox.account, 3, "everyone")
    listed_only(mailbox.account)
    assert sorted(mailbox.ledger("Work").values()) == ["listed", "stored"]


def test_a_run_fetches_what_was_out_of_sight_for_long(mailbox: Mailbox) -> None:
    listed_past_of_work(mailbox)
    Folder.objects.filter(name="Work").update(missing_since=timezone.now() - 2 * GRACE)
    let_go(mailbox.account)
    assert left() == ["new"]
    Account.objects.update(listed_at=None)
    mailbox.sync()
    assert (mailbox.letters, left()) == (["new", "old"], [])


def test_a_folder_that_a_run_found_missing_is_let_go_as_well(mailbox: Mailbox) -> None:
    listed_past_of_work(mailbox)
    Folder.objects.filter(name="Work").update(missing_since=timezone.now())
    soon = timezone.now() + timedelta(days=1)
    Account.objects.update(checked_at=soon, listed_at=soon)
    engine.work(mailbox.account.pk, "test", 30)
    assert mailbox.ledger("Work") and left() == []
    Folder.objects.filter(name="Work").update(missing_since=timezone.now() - 2 * GRACE)
    let_go(mailbox.account)
    assert left() == ["new"]
