"""The trash: for good is for good, for as many as there are, and only what is in it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.views import triage
from sync import bulk, deleting, tasks
from sync.models import Account, Burial, Message, MessageBody, Thread
from tests.site.conftest import mail, make_account, receive
from tests.sync.many import make_threads

State = Thread.State


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs in these tests: what is queued stays so until a test takes it."""
    monkeypatch.setattr("sync.tasks.bury.delay", lambda: None)


def trashed(account: Account, count: int) -> list[Thread]:
    found = [receive(account, mail(f"t{n}", "text"), n).thread for n in range(1, count + 1)]
    Thread.objects.update(state=State.TRASHED, trashed_at=timezone.now())
    return found


def states(*found: Thread) -> list[str]:
    return [Thread.objects.get(pk=thread.pk).state for thread in found]


def test_the_selected_are_deleted_for_good(client: Client, account: Account) -> None:
    one, other = trashed(account, 2)
    page = client.post("/trash/delete-for-good/", {"thread": one.pk}, follow=True)
    assert "1 conversation deleted for good." in page.content.decode()
    assert states(one, other) == ["empty", "trashed"]
    assert deleting.catch_up(30)
    assert not Burial.objects.exists()
    assert MessageBody.objects.count() == 1
    tombstone = Message.objects.get(thread=one)
    assert (tombstone.subject, tombstone.tombstone_since is None) == ("", False)


def test_the_trash_is_emptied_and_nothing_else(client: Client, account: Account) -> None:
    trashed(account, 3)
    kept = receive(account, mail("kept", "text"), 9).thread
    theirs = make_account(User.objects.create_user("jan"), "jan@crm.example")
    other = receive(theirs, mail("other", "text"), 10).thread
    Thread.objects.filter(pk=other.pk).update(state=State.TRASHED)
    page = client.post("/trash/empty/", follow=True).content.decode()
    assert "3 conversations deleted for good." in page
    assert Thread.objects.filter(state=State.EMPTY).count() == 3
    assert states(kept, other) == ["inbox", "trashed"]
    assert "Nothing was in the trash" in client.post("/trash/empty/", follow=True).content.decode()


def test_emptying_a_large_trash_goes_on_behind_the_pages(
    client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("sync.tasks.bulk.delay", asked.append)
    monkeypatch.setattr(bulk, "SLICE", 1000)
    monkeypatch.setattr(triage, "PATIENCE_SECONDS", 0)
    make_threads(account, 2500)
    Thread.objects.update(state=State.TRASHED)
    page = client.post("/trash/empty/", follow=True).content.decode()
    toasts = page.partition('id="toasts"')[2].partition("</form>")[0]
    assert "Deleting for good: 1,000 of 2,500 conversations" in toasts
    assert "data-undo" not in toasts
    # The page is closed; a worker does the rest.
    assert len(asked) == 1
    tasks.bulk(asked[0])
    assert Thread.objects.filter(state=State.EMPTY).count() == 2500
    assert (
        "2,500 conversations deleted for good."
        in client.get(f"/progress/{asked[0]}/").content.decode()
    )
    undone = client.post(f"/undo/{asked[0]}/", follow=True).content.decode()
    assert "This cannot be undone any more." in undone
    assert Thread.objects.filter(state=State.EMPTY).count() == 2500


def test_only_what_is_in_the_trash_is_deleted_for_good(client: Client, account: Account) -> None:
    kept = receive(account, mail("kept", "text")).thread
    client.post("/trash/delete-for-good/", {"thread": kept.pk})
    assert states(kept) == ["inbox"]


def test_all_that_match_stops_at_what_the_person_saw(client: Client, account: Account) -> None:
    seen, unseen = trashed(account, 2)
    Thread.objects.filter(pk=unseen.pk).update(last_message_at="2100-01-01T00:00:00Z")
    form = {"all": "1", "as_of": timezone.now().isoformat()}
    client.post("/trash/delete-for-good/", form)
    assert states(seen, unseen) == ["empty", "trashed"]


def test_a_new_answer_reopens_it_without_what_was_deleted(client: Client, account: Account) -> None:
    (thread,) = trashed(account, 1)
    client.post("/trash/empty/")
    answer = mail("answer", "New words").replace(
        b"MIME-Version", b"References: <t1@x.example>\r\nMIME-Version"
    )
    # It comes before the worker had any time.
    new = receive(account, answer, 20)
    assert new.thread_id == thread.pk
    assert states(thread) == ["inbox"]
    assert [row.pk for row in Message.objects.filter(tombstone_since=None)] == [new.pk]
    assert deleting.catch_up(30)
    page = client.get(f"/conversations/{thread.pk}/").content.decode()
    assert "New words" in page
    assert "About t1" not in page


def test_without_a_trash_deleting_is_for_good(
    client: Client, account: Account, settings: Settings
) -> None:
    settings.TRASH_DAYS = 0
    thread = receive(account, mail("one", "text")).thread
    dialog = client.get("/inbox/").content.decode()
    assert "Delete for good?" in dialog
    assert "can be restored" not in dialog
    page = client.post("/inbox/move/", {"to": "trashed", "thread": thread.pk}, follow=True)
    assert "1 conversation deleted for good." in page.content.decode()
    assert "Undo" not in page.content.decode().partition('id="toasts"')[2].partition("</div>")[0]
    assert states(thread) == ["empty"]


@pytest.mark.parametrize(("days", "said"), [(30, "for 30 days and"), (1, "for 1 day and")])
def test_an_empty_trash_says_for_how_long(
    client: Client, account: Account, settings: Settings, days: int, said: str
) -> None:
    settings.TRASH_DAYS = days
    assert said in client.get("/trash/").content.decode()
    settings.TRASH_DAYS = 0
    assert "can be restored" not in client.get("/trash/").content.decode()


def test_the_dialogs_say_what_it_means(client: Client, account: Account) -> None:
    trashed(account, 2)
    page = client.get("/trash/").content.decode()
    assert "Empty the trash?" in page
    assert "This cannot be undone, nor stopped once it has begun." in page
    assert "Your mailbox at the provider is not touched" in page
    assert client.get("/trash/count/").content == b"2"
