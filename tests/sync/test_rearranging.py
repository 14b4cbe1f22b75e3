"""What a person split or merged stays so, whatever comes later and whatever it says."""

from __future__ import annotations

import pytest

from sync import rearranging
from sync.deleting import bury
from sync.models import Message, Rearrangement, Thread, ThreadReference
from tests.sync.mailbox import Mailbox
from tests.sync.test_engine import renumber

pytestmark = pytest.mark.needs("dovecot")


def message(name: str) -> Message:
    return Message.objects.select_related("account", "thread").get(
        message_id=f"{name}@mail.example"
    )


def groups(mailbox: Mailbox) -> set[str]:
    """The letters of each conversation, as words."""
    living = Message.objects.filter(account=mailbox.account, tombstone_since=None)
    found: dict[int, list[str]] = {}
    for name, thread in living.order_by("message_id").values_list("message_id", "thread"):
        found.setdefault(thread, []).append(name.partition("@")[0])
    for thread, names in found.items():
        row = Thread.objects.get(pk=thread)
        assert (row.message_count, row.state == Thread.State.EMPTY) == (len(names), False)
    return {" ".join(names) for names in found.values()}


def refs(*names: str) -> str:
    return " ".join(f"<{name}@mail.example>" for name in names)


@pytest.fixture
def split(mailbox: Mailbox) -> Mailbox:
    """Of a root and its answers "a" and "m" the latter was split out."""
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("root", days=2)
    mailbox.deliver("a", days=1.5, references=refs("root"))
    mailbox.deliver("m", days=1, references=refs("root"))
    mailbox.first_sync()
    assert groups(mailbox) == {"a m root"}
    rearranging.split(message("m"))
    assert groups(mailbox) == {"a root", "m"}
    return mailbox


def test_later_answers_go_with_what_they_answer(split: Mailbox) -> None:
    split.deliver("to-m", references=refs("root", "m"))
    split.deliver("to-a", references=refs("root", "a"))
    split.sync()
    assert groups(split) == {"a root to-a", "m to-m"}
    # An answer that names only the root and the answer before it.
    split.deliver("to-to-m", references=refs("root", "to-m"))
    split.deliver("to-to-a", references=refs("root", "to-a"))
    split.sync()
    assert groups(split) == {"a root to-a to-to-a", "m to-m to-to-m"}


def test_an_answer_that_comes_before_what_it_answers_finds_its_place(split: Mailbox) -> None:
    split.deliver("late", references=refs("root", "m", "between"))
    split.sync()
    split.deliver("between", references=refs("root", "m"))
    split.sync()
    assert groups(split) == {"a root", "between late m"}


def test_a_chain_in_one_batch_is_followed_in_any_order(split: Mailbox) -> None:
    split.deliver("second", references=refs("root", "first"))
    split.deliver("third", references=refs("root", "second"))
    split.deliver("first", references=refs("root", "m"))
    split.sync()
    assert groups(split) == {"a root", "first m second third"}


def test_a_chain_that_came_before_its_beginning_is_gathered(split: Mailbox) -> None:
    """The newest first, each naming only the one before it."""
    for name, parent in (("third", "second"), ("second", "first"), ("first", "m")):
        split.deliver(name, references=refs(parent))
        split.sync()
    assert groups(split) == {"a root", "first m second third"}


def test_older_mail_that_a_past_sync_brings_joins_nothing_again(mailbox: Mailbox) -> None:
    mailbox.deliver("oldest", days=20)
    mailbox.deliver("older", days=10, references=refs("oldest"))
    mailbox.deliver("a", days=1, references=refs("oldest", "older"))
    mailbox.deliver("m", days=0.5, references=refs("oldest", "older"))
    mailbox.first_sync()
    rearranging.split(message("m"))
    mailbox.past_sync(1)
    assert groups(mailbox) == {"a older oldest", "m"}


@pytest.mark.parametrize("verb", ["COPY", "MOVE"])
def test_neither_labels_nor_new_numbers_undo_it(split: Mailbox, verb: str) -> None:
    split.command("m", verb, "Work")
    split.sync()
    assert groups(split) == {"a root", "m"}
    renumber(split)
    split.sync()
    assert groups(split) == {"a root", "m"}


def test_what_was_deleted_and_restored_is_where_the_person_had_put_it(split: Mailbox) -> None:
    bury([message("m").pk])
    split.past_sync(1, restore=True)
    assert groups(split) == {"a root", "m"}


def test_a_merge_lasts_for_later_mail_of_both(mailbox: Mailbox) -> None:
    mailbox.deliver("one")
    mailbox.deliver("two")
    mailbox.first_sync()
    rearranging.merge(message("one").thread, message("two").thread)
    for name in ("one", "two"):
        mailbox.deliver(f"to-{name}", references=refs(name))
    mailbox.sync()
    assert groups(mailbox) == {"one to-one to-two two"}


def test_a_split_is_undone_with_all_that_came_since(split: Mailbox) -> None:
    done = Rearrangement.objects.get()
    split.deliver("to-m", references=refs("root", "m"))
    split.sync()
    assert rearranging.undo(split.account.owner, done.action) == 2
    assert groups(split) == {"a m root to-m"}
    split.deliver("more", references=refs("root", "to-m"))
    split.sync()
    assert groups(split) == {"a m more root to-m"}
    assert rearranging.undo(split.account.owner, done.action) == 0


def test_a_merge_is_undone(mailbox: Mailbox) -> None:
    mailbox.deliver("one", references=refs("unseen"))
    mailbox.deliver("two")
    mailbox.first_sync()
    one, two = message("one").thread, message("two").thread
    Thread.objects.filter(pk=one.pk).update(state=Thread.State.ARCHIVED)
    done = rearranging.merge(one, two)
    assert groups(mailbox) == {"one two"}
    assert rearranging.undo(mailbox.account.owner, done.action) == 2
    assert groups(mailbox) == {"one", "two"}
    one.refresh_from_db()
    assert one.state == Thread.State.ARCHIVED
    mailbox.deliver("unseen")
    mailbox.deliver("to-two", references=refs("two"))
    mailbox.sync()
    assert groups(mailbox) == {"one unseen", "to-two two"}


def test_only_what_is_there_can_be_rearranged(split: Mailbox) -> None:
    alone, other = message("m"), message("a").thread
    with pytest.raises(rearranging.CannotRearrange):
        rearranging.split(alone)
    with pytest.raises(rearranging.CannotRearrange):
        rearranging.merge(other, other)
    Thread.objects.filter(pk=other.pk).update(state=Thread.State.TRASHED)
    with pytest.raises(rearranging.CannotRearrange):
        rearranging.merge(other, alone.thread)
    with pytest.raises(rearranging.CannotRearrange):
        rearranging.split(message("a"))


def test_what_a_merge_emptied_goes_when_it_cannot_be_undone_any_more(split: Mailbox) -> None:
    rearranging.merge(message("m").thread, message("a").thread)
    threads = Thread.objects.count()
    Rearrangement.objects.update(at="2020-01-01T00:00:00Z")
    rearranging.forget_old()
    assert Thread.objects.count() == threads - 1
    assert groups(split) == {"a m root"}


def test_by_hand_is_what_a_person_touched_and_nothing_else(mailbox: Mailbox) -> None:
    mailbox.deliver("one")
    mailbox.deliver("other")
    mailbox.first_sync()
    assert not ThreadReference.objects.filter(by_hand=True).exists()
