"""Archive, unarchive, delete, restore: what a click moves, and what it must not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from contacts.models import Contact
from sync import moving
from sync.models import Account, Move, Thread
from tests.site.conftest import mail, make_account, receive

State = Thread.State


def threads(account: Account, count: int) -> list[Thread]:
    return [receive(account, mail(f"n{n}", "text"), n).thread for n in range(1, count + 1)]


def states(*found: Thread) -> list[str]:
    return [Thread.objects.get(pk=thread.pk).state for thread in found]


def undo_of(client: Client) -> str:
    return f"/undo/{Move.objects.latest('at').action}/"


@pytest.mark.parametrize(
    ("view", "start", "to"),
    [
        ("inbox", State.INBOX, State.ARCHIVED),
        ("inbox", State.INBOX, State.TRASHED),
        ("archive", State.ARCHIVED, State.INBOX),
        ("trash", State.TRASHED, State.INBOX),
    ],
)
def test_the_selected_move_and_come_back_by_undo(
    client: Client, account: Account, view: str, start: str, to: str
) -> None:
    one, other, kept = threads(account, 3)
    Thread.objects.update(state=start)
    done = client.post(f"/{view}/move/", {"to": to, "thread": [one.pk, other.pk]}, follow=True)
    assert states(one, other, kept) == [to, to, start]
    assert "2 conversations" in done.content.decode()
    back = client.post(undo_of(client), {"next": f"/{view}/"}, follow=True)
    assert states(one, other, kept) == [start] * 3
    assert back.redirect_chain[0][0] == f"/{view}/"
    assert "2 conversations are as they were." in back.content.decode()


def test_all_means_what_matches_on_every_page_and_nothing_else(
    client: Client, account: Account
) -> None:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    for number in range(1, 61):
        receive(account, mail(f"n{number}", "text", sender="Ewa <ewa@klient.example>"), number)
    stranger = receive(account, mail("stranger", "text"), 61).thread
    form = {"to": "archived", "all": "1", "as_of": timezone.now().isoformat()}
    client.post("/inbox/move/?filter=from-contact", form)
    assert Thread.objects.filter(state=State.ARCHIVED).count() == 60
    assert states(stranger) == ["inbox"]


def test_mail_that_came_after_the_list_was_seen_stays(client: Client, account: Account) -> None:
    seen, unseen = threads(account, 2)
    Thread.objects.filter(pk=unseen.pk).update(last_message_at=timezone.now() + timedelta(hours=1))
    as_of = timezone.now().isoformat()
    client.post("/inbox/move/", {"to": "archived", "all": "1", "as_of": as_of})
    assert states(seen, unseen) == ["archived", "inbox"]


@pytest.mark.parametrize("as_of", ["", "yesterday", "2026-99-99T00:00Z", "2026-11-20T10:00"])
def test_all_without_a_moment_moves_nothing(client: Client, account: Account, as_of: str) -> None:
    (thread,) = threads(account, 1)
    form = {"to": "trashed", "all": "1", "as_of": as_of}
    page = client.post("/inbox/move/", form, follow=True).content.decode()
    assert states(thread) == ["inbox"]
    assert "nothing has changed" in page


def test_nobody_moves_the_mail_of_others(client: Client, account: Account) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    (theirs,) = threads(other, 1)
    client.post("/inbox/move/", {"to": "trashed", "thread": theirs.pk})
    client.post(f"/inbox/move/?account={other.pk}", {"to": "trashed", "thread": theirs.pk})
    assert states(theirs) == ["inbox"]
    done = moving.move(other.owner, Thread.objects.all(), State.ARCHIVED)
    client.post(f"/undo/{done.action}/")
    assert states(theirs) == ["archived"]


def test_undo_leaves_alone_what_was_moved_since(client: Client, account: Account) -> None:
    first, second = threads(account, 2)
    client.post("/inbox/move/", {"to": "archived", "thread": [first.pk, second.pk]})
    undo = undo_of(client)
    client.post("/archive/move/", {"to": "trashed", "thread": first.pk})
    client.post(undo)
    assert states(first, second) == ["trashed", "inbox"]


def test_undo_of_what_nobody_did_says_so(client: Client, account: Account) -> None:
    page = client.post(f"/undo/{uuid4()}/", {"next": "https://evil.example/"}, follow=True)
    assert page.redirect_chain[0][0] == "/"
    assert "cannot be undone" in page.content.decode()


def test_the_trash_counts_its_days_from_the_click(client: Client, account: Account) -> None:
    (thread,) = threads(account, 1)
    client.post("/inbox/move/", {"to": "trashed", "thread": thread.pk})
    thread.refresh_from_db()
    assert thread.trashed_at is not None
    client.post("/trash/move/", {"to": "inbox", "thread": thread.pk})
    thread.refresh_from_db()
    assert thread.trashed_at is None


@pytest.mark.parametrize("to", ["", "empty", "nowhere"])
def test_no_other_place_exists(client: Client, account: Account, to: str) -> None:
    (thread,) = threads(account, 1)
    assert client.post("/inbox/move/", {"to": to, "thread": thread.pk}).status_code == 400
    assert states(thread) == ["inbox"]


def test_it_counts_what_matches(client: Client, account: Account) -> None:
    threads(account, 3)
    assert client.get("/inbox/count/").content == b"3"
    assert client.get("/inbox/count/?filter=from-contact").content == b"0"


def test_a_conversation_is_archived_from_its_own_page(client: Client, account: Account) -> None:
    (thread,) = threads(account, 1)
    page = client.get(f"/conversations/{thread.pk}/").content.decode()
    assert 'action="/inbox/move/"' in page
    client.post("/inbox/move/", {"to": "archived", "thread": thread.pk})
    assert 'action="/archive/move/"' in client.get(f"/conversations/{thread.pk}/").content.decode()


def test_what_was_done_days_ago_is_forgotten(account: Account) -> None:
    threads(account, 1)
    done = moving.move(account.owner, Thread.objects.all(), State.ARCHIVED)
    Move.objects.update(at=timezone.now() - timedelta(days=2))
    moving.forget_old()
    assert moving.undo(account.owner, done.action) == 0
