"""The certificate: what the server has beside what is here, and its repair."""

from typing import Any

import pytest

from contacts.models import Contact
from sync import deleting, inquiries, picking
from sync.models import Inquiry, LedgerEntry, Message, Run
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")
SUM = ("here", "waiting", "failed")


def check(mailbox: Mailbox) -> dict[str, Any]:
    """The answer, after a look whether it adds up."""
    inquiry = inquiries.ask(mailbox.account, Inquiry.Kind.CHECK, {})
    inquiries.answer(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.DONE, inquiry.problem
    for line in inquiry.answer["lines"]:
        parts = sum(line[part] for part in SUM) + sum(line["left_out"].values())
        assert line["server"] == parts + len(line["missing"]), line
    return dict(inquiry.answer)


def line(answer: dict[str, Any], name: str = "INBOX") -> dict[str, Any]:
    (found,) = (one for one in answer["lines"] if one["name"] == name)
    return dict(found)


def lose(mailbox: Mailbox, *names: str) -> None:
    """As if a sync had passed them over."""
    lost = Message.objects.filter(message_id__in=[f"{name}@mail.example" for name in names])
    assert lost.count() == len(names)
    LedgerEntry.objects.filter(message__in=lost).delete()
    lost.delete()


@pytest.fixture
def synced(mailbox: Mailbox) -> Mailbox:
    for name in ("a", "b", "c"):
        mailbox.deliver(name)
    mailbox.deliver("old", days=40)
    mailbox.deliver("spam", "Junk")
    mailbox.first_sync()
    return mailbox


def test_everything_on_the_server_has_its_place(synced: Mailbox) -> None:
    answer = check(synced)
    inbox = line(answer)
    assert (inbox["server"], inbox["here"], inbox["missing"]) == (4, 3, [])
    assert inbox["left_out"] == {"too_old": 1}
    assert [(one["name"], one["server"]) for one in answer["apart"]] == [("Junk", 1)]


def test_what_is_missing_is_found_and_fetched(synced: Mailbox) -> None:
    lose(synced, "a", "c")
    answer = check(synced)
    assert len(line(answer)["missing"]) == 2
    assert picking.repair(synced.account, answer) == 2
    synced.sync()
    assert synced.letters == ["a", "b", "c"]
    assert line(check(synced))["missing"] == []
    assert picking.repair(synced.account, check(synced)) == 0


def test_what_has_just_come_is_on_its_way_and_not_missing(synced: Mailbox) -> None:
    synced.deliver("fresh")
    inbox = line(check(synced))
    assert (inbox["waiting"], inbox["missing"]) == (1, [])


def test_every_reason_is_counted(synced: Mailbox) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    synced.deliver("stranger", days=20)
    synced.deliver("ewa", days=21, sender="ewa@klient.example")
    synced.past_sync(1, "contacts")
    deleting.bury([Message.objects.get(message_id="b@mail.example").pk])
    LedgerEntry.objects.filter(message__message_id="c@mail.example").update(
        state="failed", problem="timed_out", message=None
    )
    inbox = line(check(synced))
    assert inbox["left_out"] == {"too_old": 1, "not_contact": 1, "deleted": 1}
    assert (inbox["here"], inbox["failed"]) == (2, 1)


def test_what_failed_is_tried_again(synced: Mailbox) -> None:
    LedgerEntry.objects.filter(message__message_id="c@mail.example").update(
        state="failed", problem="timed_out", message=None
    )
    Message.objects.filter(message_id="c@mail.example").delete()
    assert picking.repair(synced.account, check(synced)) == 1
    synced.sync()
    assert "c" in synced.letters
    assert line(check(synced))["failed"] == 0


def test_repair_brings_no_stranger_where_only_contacts_are_synced(synced: Mailbox) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    synced.deliver("stranger", days=20)
    synced.deliver("ewa", days=21, sender="ewa@klient.example")
    synced.past_sync(1, "contacts")
    lose(synced, "ewa")
    LedgerEntry.objects.filter(reason="not_contact").delete()
    answer = check(synced)
    assert len(line(answer)["missing"]) == 2
    picking.repair(synced.account, answer)
    synced.sync()
    assert "ewa" in synced.letters
    assert "stranger" not in synced.letters
    assert line(check(synced))["missing"] == []


def test_what_was_thought_gone_and_is_there_is_missing(synced: Mailbox) -> None:
    lose(synced, "a")
    uid = int(synced.uid_of("a"))
    folder = synced.account.folders.get(name="INBOX")
    LedgerEntry.objects.create(
        folder=folder,
        uidvalidity=folder.uidvalidity or 0,
        uid=uid,
        state="left_out",
        reason="gone",
        arrived_at=synced.account.created_at,
        size=1,
        expunged_at=synced.account.created_at,
    )
    answer = check(synced)
    assert line(answer)["missing"] == [uid]
    picking.repair(synced.account, answer)
    synced.sync()
    assert "a" in synced.letters


def test_each_chosen_label_has_its_line(mailbox: Mailbox) -> None:
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("work", "Work")
    mailbox.deliver("flagged", flags=("Klienci",))
    mailbox.deliver("plain")
    mailbox.choose_first("Klienci", "Work")
    mailbox.first_sync()
    answer = check(mailbox)
    klienci = next(one for one in answer["lines"] if one["name"] == "Klienci" and one["server"])
    assert (klienci["server"], klienci["here"]) == (1, 1)
    assert line(answer, "Work")["here"] == 1
    lose(mailbox, "flagged")
    answer = check(mailbox)
    assert picking.repair(mailbox.account, answer) == 1
    mailbox.sync()
    assert mailbox.letters == ["flagged", "work"]


def test_a_renumbered_folder_is_said_and_never_repaired_by_old_numbers(synced: Mailbox) -> None:
    lose(synced, "a")
    answer = check(synced)
    folder = synced.account.folders.get(name="INBOX")
    folder.uidvalidity = (folder.uidvalidity or 0) - 1
    folder.save()
    assert line(check(synced))["problem"] == "renumbered"
    picking.repair(synced.account, answer)
    run = Run.objects.get(kind=Run.Kind.PICKED)
    synced.sync()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert synced.letters == ["a", "b", "c"]
