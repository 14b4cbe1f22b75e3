"""Private by default; a conversation that its owner shares is read by colleagues, and no more."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync.models import Account, Attachment, AttachmentContent, Thread
from sync.parse import parse_message
from tests.site.conftest import mail, receive

HTML = "<p>the offer</p>"


@pytest.fixture
def thread(account: Account) -> Thread:
    message = receive(account, mail("offer", HTML, "text/html"))
    file = Attachment.objects.create(
        message=message, section="2", name="a.png", content_type="image/png", size=1
    )
    AttachmentContent.objects.create(attachment=file, data=b"picture")
    return Thread.objects.get()


@pytest.fixture
def colleague(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ewa"))
    return client


def share(client: Client, thread: Thread, team: str = "yes") -> int:
    return client.post(f"/conversations/{thread.pk}/share/", {"team": team}).status_code


def reply_to_the_offer(name: str) -> bytes:
    return mail(name, "agreed").replace(
        b"MIME-Version", b"References: <offer@x.example>\r\nMIME-Version"
    )


def paths(thread: Thread) -> list[str]:
    message = thread.messages.get()
    file = message.attachments.get()
    return [
        f"/conversations/{thread.pk}/",
        f"/messages/{message.pk}/frame/",
        f"/attachments/{file.pk}/",
    ]


def statuses(client: Client, thread: Thread) -> set[int]:
    return {client.get(path).status_code for path in paths(thread)}


def test_a_colleague_reads_what_is_shared_with_its_files(
    client: Client, colleague: Client, thread: Thread
) -> None:
    assert statuses(colleague, thread) == {404}
    assert share(client, thread) == 302
    assert statuses(colleague, thread) == {200}
    page, frame, file = (colleague.get(path).content for path in paths(thread))
    assert b"anna shares this conversation" in page
    assert HTML.encode() in frame
    assert file == b"picture"
    share(client, thread, "no")
    assert statuses(colleague, thread) == {404}


def test_lists_mark_what_the_team_can_read(client: Client, thread: Thread) -> None:
    def is_marked(path: str) -> bool:
        return 'title="Shared with the team"' in client.get(path).content.decode()

    assert not is_marked("/inbox/")
    share(client, thread)
    assert is_marked("/inbox/")
    Thread.objects.update(state=Thread.State.ARCHIVED)
    assert is_marked("/archive/")
    Thread.objects.update(state=Thread.State.TRASHED)
    assert not is_marked("/trash/")


def test_a_colleague_changes_nothing(client: Client, colleague: Client, thread: Thread) -> None:
    share(client, thread)
    before = Thread.objects.filter(pk=thread.pk).values().get()
    page = colleague.get(paths(thread)[0]).content.decode()
    for button in ("/move/", "/share/", 'name="to"'):
        assert button not in page
    for to in ("archived", "trashed", "read", "unread"):
        colleague.post("/inbox/move/", {"to": to, "thread": thread.pk})
    assert share(colleague, thread, "no") == 404
    assert Thread.objects.filter(pk=thread.pk).values().get() == before


def test_the_owner_sees_who_can_read_it(client: Client, colleague: Client, thread: Thread) -> None:
    User.objects.create_user("gone", is_active=False)
    page = client.get(paths(thread)[0]).content.decode()
    assert "Only you" in page
    share(client, thread)
    page = client.get(paths(thread)[0]).content.decode()
    assert "Shared with the team" in page
    assert "<strong>ewa</strong>" in page


def test_it_is_listed_for_colleagues_and_nowhere_in_their_own_mail(
    client: Client, colleague: Client, thread: Thread
) -> None:
    assert "Nobody shares a conversation" in colleague.get("/shared/").content.decode()
    share(client, thread)
    assert "About offer" in colleague.get("/shared/").content.decode()
    assert "About offer" not in client.get("/shared/").content.decode()
    for path in ("/inbox/", "/search/?q=offer", "/archive/"):
        assert "About offer" not in colleague.get(path).content.decode()


@pytest.mark.parametrize("state", [Thread.State.TRASHED, Thread.State.EMPTY])
def test_what_is_deleted_is_read_by_nobody_else(
    client: Client, colleague: Client, thread: Thread, state: Thread.State
) -> None:
    share(client, thread)
    Thread.objects.update(state=state)
    assert statuses(colleague, thread) == {404}
    assert "About offer" not in colleague.get("/shared/").content.decode()


def test_a_private_conversation_that_comes_in_makes_all_of_it_private(
    client: Client, account: Account, thread: Thread
) -> None:
    share(client, thread)
    # The larger one stays, and takes the smaller one in.
    receive(account, reply_to_the_offer("reply"), 5)
    receive(account, mail("other", "secret"), 2)
    tie = mail("tie", "both").replace(
        b"MIME-Version", b"References: <offer@x.example> <other@x.example>\r\nMIME-Version"
    )
    assert parse_message(tie).headers.references
    receive(account, tie, 3)
    assert Thread.objects.get().shared_at is None


def test_a_reply_in_a_shared_conversation_is_shared(
    client: Client, colleague: Client, account: Account, thread: Thread
) -> None:
    share(client, thread)
    message = receive(account, reply_to_the_offer("reply"), 2)
    assert colleague.get(f"/messages/{message.pk}/frame/").status_code == 200
