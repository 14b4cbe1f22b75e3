"""Why isn't this email here? Searched at the server, explained from the ledger, imported."""

import itertools
from typing import Any

import pytest

from contacts.models import Contact
from sync import deleting, explaining, inquiries, picking, reasons
from sync.models import Coverage, Inquiry, LedgerEntry, Message, Thread
from sync.reasons import Explained, Facts, Why, why
from tests.sync.mailbox import NOW, Mailbox, letter

pytestmark = pytest.mark.needs("dovecot")


def ask(mailbox: Mailbox, asked: dict[str, Any]) -> Inquiry:
    inquiry = inquiries.ask(mailbox.account, Inquiry.Kind.FIND, asked)
    inquiries.answer(inquiry.pk)
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.DONE, inquiry.problem
    return inquiry


def find(mailbox: Mailbox, words: str) -> list[Explained]:
    answer = ask(mailbox, explaining.by_words(words)).answer
    return reasons.explain(mailbox.account, answer["hits"])


def only(mailbox: Mailbox, words: str) -> Explained:
    (found,) = find(mailbox, words)
    return found


def take(mailbox: Mailbox, found: Explained, restore: bool = False) -> None:
    hit = found.hit
    place = (hit["folder"], hit["uidvalidity"], [hit["uid"]])
    picking.pick(mailbox.account, [place], Coverage.Scope.EVERYONE, restore)
    mailbox.sync()


@pytest.fixture
def synced(mailbox: Mailbox) -> Mailbox:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    mailbox.deliver("here")
    mailbox.deliver("stranger", days=20)
    mailbox.deliver("old", days=60)
    mailbox.deliver("spam", "Junk")
    mailbox.deliver("zażółć", raw=letter("polish", subject="Zażółć gęślą jaźń"), days=61)
    mailbox.first_sync()
    mailbox.past_sync(1, "contacts")
    return mailbox


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("here", Why.HERE),
        ("stranger", Why.NOT_CONTACT),
        ("old", Why.TOO_OLD),
        ("spam", Why.LABEL),
    ],
)
def test_each_message_says_why_and_can_be_imported(synced: Mailbox, name: str, reason: Why) -> None:
    found = only(synced, f"<{name}@mail.example>")
    assert found.why == reason
    assert found.hit["subject"] == f"Letter {name}"
    if reason != Why.HERE:
        take(synced, found)
    again = only(synced, f"{name}@mail.example")
    assert again.why == Why.HERE
    assert again.thread == Message.objects.get(message_id=f"{name}@mail.example").thread_id
    assert len(synced.letters) == (1 if reason == Why.HERE else 2)


def test_it_is_found_by_sender_and_by_subject_in_any_language(synced: Mailbox) -> None:
    assert len(find(synced, "jan@firma.example")) == 5
    assert only(synced, "gęślą jaźń").hit["message_id"] == "polish@mail.example"
    assert find(synced, "nobody@nowhere.example") == []


def test_words_of_the_server_are_only_text_there(synced: Mailbox) -> None:
    assert find(synced, '" OR ALL\r\nX LOGOUT {5}\\ \x00') == []


def test_copies_of_one_message_are_one_line(synced: Mailbox) -> None:
    synced.deliver("here", "Junk")
    found = only(synced, "here@mail.example")
    assert found.why == Why.HERE
    assert sorted(found.folders) == ["INBOX", "Junk"]


def test_deleted_mail_comes_back_only_when_that_is_said(synced: Mailbox) -> None:
    deleting.bury([Message.objects.get(message_id="here@mail.example").pk])
    found = only(synced, "here@mail.example")
    assert found.why == Why.DELETED
    take(synced, found)
    assert only(synced, "here@mail.example").why == Why.DELETED
    take(synced, found, restore=True)
    assert only(synced, "here@mail.example").why == Why.HERE
    assert synced.letters == ["here"]


def test_what_lies_in_the_trash_is_said_to_lie_there(synced: Mailbox) -> None:
    Thread.objects.update(state=Thread.State.TRASHED)
    found = only(synced, "here@mail.example")
    assert (found.why, found.thread) == (Why.TRASHED, Thread.objects.get().pk)


def test_what_waits_failed_or_just_came_says_so(synced: Mailbox) -> None:
    synced.deliver("fresh")
    assert only(synced, "fresh@mail.example").why == Why.ARRIVING
    rows = LedgerEntry.objects.filter(message__message_id="here@mail.example")
    entry = rows.get()
    Message.objects.all().delete()
    entry.pk, entry.message, entry.state = None, None, "failed"
    entry.problem = "timed_out"
    entry.save()
    found = only(synced, "here@mail.example")
    assert (found.why, found.problem) == (Why.FAILED, "timed_out")
    LedgerEntry.objects.filter(pk=entry.pk).update(state="listed", problem="")
    assert only(synced, "here@mail.example").why == Why.WAITING
    LedgerEntry.objects.filter(pk=entry.pk).delete()
    assert only(synced, "here@mail.example").why == Why.MISSING


def test_a_contact_that_was_added_since_is_named(synced: Mailbox) -> None:
    assert not only(synced, "stranger@mail.example").contact_since
    Contact.objects.create(name="Jan").add_address("jan@firma.example")
    assert only(synced, "stranger@mail.example").contact_since


@pytest.mark.parametrize(
    ("folder", "reason", "names"),
    [
        ("INBOX", "not_contact", ["stranger"]),
        ("INBOX", "too_old", ["old", "polish"]),
        ("Junk", "label", ["spam"]),
        ("INBOX", "failed", []),
    ],
)
def test_the_messages_behind_a_reason_are_listed(
    synced: Mailbox, folder: str, reason: str, names: list[str]
) -> None:
    pk = synced.account.folders.get(name=folder).pk
    hits = ask(synced, explaining.by_reason(pk, reason)).answer["hits"]
    found = reasons.explain(synced.account, hits)
    assert [one.hit["message_id"].partition("@")[0] for one in found] == names
    assert {one.why for one in found} <= {Why(reason)}


def test_an_import_from_a_folder_that_is_not_chosen_leaves_the_choice_as_it_is(
    synced: Mailbox,
) -> None:
    synced.deliver("second", "Junk")
    take(synced, only(synced, "<spam@mail.example>"))
    synced.sync()
    assert synced.letters == ["here", "spam"]
    assert synced.ledger("Junk") == {1: "stored"}


def test_a_number_from_before_a_renumbering_brings_nothing(synced: Mailbox) -> None:
    hit = only(synced, "old@mail.example").hit
    place = (hit["folder"], hit["uidvalidity"] + 1, [hit["uid"]])
    picking.pick(synced.account, [place], Coverage.Scope.EVERYONE)
    synced.sync()
    assert synced.letters == ["here"]


def test_a_search_ends_in_time(synced: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "SECONDS", 0.0)
    answer = ask(synced, explaining.by_words("letter")).answer
    assert answer["out_of_time"]
    assert "INBOX" in answer["left"]


def test_the_truth_table() -> None:
    """Of every combination, at least what must never be said wrongly."""
    rows = ("", "listed", "stored", "left_out", "failed")
    for row, message, carries in itertools.product(
        rows, ("", "here", "trashed", "deleted"), (True, False)
    ):
        reason = "label" if row == "left_out" else ""
        facts = Facts(row, reason, message, carries, 5, 10, NOW, NOW)
        found = why(facts)
        assert (found == Why.HERE) == (message == "here")
        assert (found == Why.TRASHED) == (message == "trashed")
        if message == "deleted":
            assert found in (Why.DELETED, Why.WAITING)
        if not row and not message:
            assert found == (Why.MISSING if carries else Why.LABEL)
    assert why(Facts(row="left_out", reason="gone")) == Why.MISSING
