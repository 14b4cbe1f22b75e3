"""Work on many conversations: in slices, resumable, undone as a whole."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sync import bulk, tasks
from sync.models import Account, BulkAction, BulkSlice, Burial, Marking, Message, Move, Thread
from tests.site.conftest import make_account
from tests.sync.many import make_threads

State = Thread.State
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def account(db: None, monkeypatch: pytest.MonkeyPatch) -> Account:
    """With 2,500 conversations, in slices of 1,000; no other worker takes what is queued."""
    monkeypatch.setattr("sync.tasks.bury.delay", lambda: None)
    monkeypatch.setattr(bulk, "SLICE", 1000)
    account = make_account(User.objects.create_user("anna"), "me@crm.example")
    make_threads(account, 2500)
    return account


def act(account: Account, to: str) -> BulkAction:
    return bulk.act(account.owner, Thread.objects.all(), to, LATER)


def states() -> Counter[str]:
    return Counter(Thread.objects.values_list("state", flat=True))


def test_it_does_few_at_once_and_keeps_no_slices(account: Account) -> None:
    few = Thread.objects.filter(pk__in=list(Thread.objects.values_list("pk", flat=True)[:1000]))
    done = bulk.act(account.owner, few, "archived", LATER)
    assert done.finished_at is not None
    assert done.changed == 1000
    assert states() == {"inbox": 1500, "archived": 1000}
    assert not BulkAction.objects.exists()


def test_it_does_many_in_slices_the_newest_first(account: Account) -> None:
    begun = act(account, "archived")
    assert (begun.total, begun.finished_at) == (2500, None)
    assert states() == {"inbox": 2500}
    assert bulk.work(begun.pk, 0)
    begun.refresh_from_db()
    assert (begun.done, begun.changed, begun.percent) == (1000, 1000, 40)
    # Ids grow with age here.
    assert Thread.objects.filter(state="archived").earliest("pk") == Thread.objects.all()[1500]
    assert not bulk.work(begun.pk, 60)
    begun.refresh_from_db()
    assert begun.finished_at is not None
    assert states() == {"archived": 2500}
    assert not BulkSlice.objects.exists()


def test_a_worker_that_dies_in_a_slice_has_done_nothing_of_it(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = act(account, "archived")
    bulk.work(begun.pk, 0)
    with monkeypatch.context() as broken:
        broken.setattr(bulk, "_note", _die)
        with pytest.raises(KeyboardInterrupt):
            bulk.work(begun.pk, 60)
    assert states() == {"inbox": 1500, "archived": 1000}
    tasks.bulk(str(begun.pk))
    begun.refresh_from_db()
    assert (begun.done, begun.changed) == (2500, 2500)
    assert states() == {"archived": 2500}


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_running_it_again_changes_nothing(account: Account) -> None:
    begun = act(account, "archived")
    tasks.bulk(str(begun.pk))
    tasks.bulk(str(begun.pk))
    begun.refresh_from_db()
    assert begun.changed == 2500


@pytest.mark.parametrize("finished", [True, False])
def test_undo_puts_back_all_of_it_at_any_time(account: Account, finished: bool) -> None:
    Thread.objects.filter(from_contact=True).update(state=State.ARCHIVED)
    before = states()
    begun = act(account, "trashed")
    bulk.work(begun.pk, 60 if finished else 0)
    back = bulk.undo(account.owner, begun.pk)
    assert back.undoing
    tasks.bulk(str(begun.pk))
    back.refresh_from_db()
    assert back.finished_at is not None
    assert states() == before
    assert Thread.objects.filter(from_contact=True, state=State.ARCHIVED).count() == 833
    assert not Thread.objects.exclude(trashed_at=None).exists()
    assert not Move.objects.exists()
    assert not BulkSlice.objects.exists()
    assert back.changed == (2500 if finished else 833)


def test_undo_leaves_alone_what_was_moved_since(account: Account) -> None:
    begun = act(account, "archived")
    tasks.bulk(str(begun.pk))
    Thread.objects.filter(from_contact=True).update(state=State.TRASHED)
    bulk.undo(account.owner, begun.pk)
    tasks.bulk(str(begun.pk))
    assert states() == {"inbox": 1667, "trashed": 833}


def test_a_reply_that_comes_meanwhile_keeps_its_conversation(account: Account) -> None:
    begun = bulk.act(account.owner, Thread.objects.all(), "archived", timezone.now())
    replied = Thread.objects.earliest("pk")
    Thread.objects.filter(pk=replied.pk).update(last_message_at=LATER)
    moved = Thread.objects.latest("pk")
    Thread.objects.filter(pk=moved.pk).update(state=State.TRASHED)
    tasks.bulk(str(begun.pk))
    replied.refresh_from_db()
    moved.refresh_from_db()
    assert (replied.state, moved.state) == (State.INBOX, State.TRASHED)


@pytest.mark.parametrize("seen", [True, False])
def test_it_marks_many_and_undoes_it(account: Account, seen: bool) -> None:
    Message.objects.update(seen=not seen)
    Thread.objects.update(unread_count=int(seen))
    begun = act(account, "read" if seen else "unread")
    tasks.bulk(str(begun.pk))
    assert Thread.objects.filter(unread_count=int(not seen)).count() == 2500
    bulk.undo(account.owner, begun.pk)
    tasks.bulk(str(begun.pk))
    assert Thread.objects.filter(unread_count=int(seen)).count() == 2500
    assert not Marking.objects.exists()


def test_it_deletes_for_good_in_slices_and_only_what_is_in_the_trash(account: Account) -> None:
    begun = act(account, bulk.GONE)
    assert (begun.total, begun.changed) == (0, 0)
    Thread.objects.filter(from_contact=False).update(state=State.TRASHED)
    begun = act(account, bulk.GONE)
    assert (begun.total, begun.finished_at) == (1667, None)
    assert bulk.work(begun.pk, 0)
    assert states() == {"inbox": 833, "trashed": 667, "empty": 1000}
    tasks.bulk(str(begun.pk))
    assert states() == {"inbox": 833, "empty": 1667}
    assert Burial.objects.count() == 1667
    begun.refresh_from_db()
    assert (begun.changed, begun.finished_at is None) == (1667, False)


def test_what_is_restored_meanwhile_is_not_deleted_for_good(account: Account) -> None:
    Thread.objects.update(state=State.TRASHED)
    begun = act(account, bulk.GONE)
    kept = Thread.objects.latest("pk")
    Thread.objects.filter(pk=kept.pk).update(state=State.INBOX)
    tasks.bulk(str(begun.pk))
    assert states() == {"inbox": 1, "empty": 2499}


def test_deleting_for_good_is_not_undone_and_goes_on(account: Account) -> None:
    Thread.objects.update(state=State.TRASHED)
    begun = act(account, bulk.GONE)
    bulk.work(begun.pk, 0)
    assert bulk.undo(account.owner, begun.pk).changed == 0
    tasks.bulk(str(begun.pk))
    assert states() == {"empty": 2500}


def test_nobody_works_on_the_mail_of_others(account: Account) -> None:
    jan = User.objects.create_user("jan")
    assert bulk.act(jan, Thread.objects.all(), "archived", LATER).total == 0
    begun = act(account, "archived")
    tasks.bulk(str(begun.pk))
    bulk.undo(jan, begun.pk)
    assert states() == {"archived": 2500}


def test_one_whose_worker_is_gone_is_taken_up_again(account: Account) -> None:
    begun = act(account, "archived")
    assert not bulk.stuck().exists()
    BulkAction.objects.update(touched_at=timezone.now() - 2 * bulk.STUCK_AFTER)
    assert list(bulk.stuck()) == [begun]


def test_more_conversations_need_no_more_statements_a_slice(account: Account) -> None:
    begun = act(account, "archived")
    with CaptureQueriesContext(connection) as statements:
        bulk.work(begun.pk, 0)
    assert len(statements) < 12
