"""A conversation, and the mail in it made safe."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from sync.models import Account, Attachment, Message
from tests.site.conftest import mail, make_account, receive

WITH_FILE = (
    b"From: Jan <jan@firma.example>\r\nTo: me@crm.example\r\nSubject: Offer\r\n"
    b"Message-ID: <file@x.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
    b'--b\r\nContent-Type: text/html; name="offer.html"\r\n'
    b"Content-Disposition: attachment; filename=offer.html\r\n\r\n<script>1</script>\r\n--b--\r\n"
)


def test_it_shows_the_text_and_folds_what_is_quoted(client: Client, account: Account) -> None:
    message = receive(account, mail("a", "My answer.\r\n\r\n> your question\r\n"))
    page = client.get(f"/conversations/{message.thread_id}/").content.decode()
    assert "My answer." in page
    assert "your question" in page[page.index('class="quoted"') :]


def test_links_in_plain_text_are_links_and_html_is_text(client: Client, account: Account) -> None:
    message = receive(account, mail("a", "See https://x.example/ <b>bold</b>"))
    page = client.get(f"/conversations/{message.thread_id}/").content.decode()
    assert '<a target="_blank" rel="noopener noreferrer" href="https://x.example/"' in page
    assert "&lt;b&gt;bold" in page


def test_a_mails_html_is_framed_without_script_and_remote_images(
    client: Client, account: Account
) -> None:
    html = (
        '<p onclick="x()">Hello<script>alert(1)</script></p><form action="/x"><input></form>'
        '<img src="https://spy.example/p.gif"><a href="javascript:x()">go</a>'
        '<a href="https://evil.example/">www.bank.example</a>'
    )
    message = receive(account, mail("a", html, "text/html"))
    page = client.get(f"/conversations/{message.thread_id}/").content.decode()
    assert "allow-scripts" not in page
    assert "Show images" in page
    frame = client.get(f"/messages/{message.pk}/frame/")
    shown = frame.content.decode()
    for bad in ("<script", "onclick", "javascript:", "<form", "<input"):
        assert bad not in shown
    assert "(leads to evil.example)" in shown
    assert "img-src 'self' data:;" in frame["Content-Security-Policy"]
    allowed = client.get(f"/messages/{message.pk}/frame/?images=1")
    assert "img-src 'self' data: https: http:;" in allowed["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/conversations/{thread}/", "/messages/{pk}/frame/"])
def test_the_mail_of_others_does_not_exist(client: Client, path: str) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    message = receive(other, mail("secret", "text", "text/html"))
    url = path.format(thread=message.thread_id, pk=message.pk)
    assert client.get(url).status_code == 404


def test_attachments_of_others_do_not_exist(client: Client) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    receive(other, WITH_FILE)
    assert client.get(f"/attachments/{Attachment.objects.get().pk}/").status_code == 404


def test_a_file_that_cannot_be_fetched_is_said_in_words(client: Client, account: Account) -> None:
    receive(account, WITH_FILE)
    account.set_secret("any")
    account.save()
    response = client.get(f"/attachments/{Attachment.objects.get().pk}/")
    assert response.status_code == 502
    assert "does not accept connections" in response.content.decode()


def test_every_page_has_a_content_security_policy(client: Client, account: Account) -> None:
    assert "default-src 'self'" in client.get("/inbox/")["Content-Security-Policy"]


def test_a_long_conversation_costs_no_more_queries(
    client: Client, account: Account, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def deliver(first: int, last: int) -> Message:
        for number in range(first, last + 1):
            raw = mail(f"n{number}", "text", sender=f"P{number} <p{number}@firma.example>")
            answer = raw.replace(b"MIME-Version", b"References: <n1@x.example>\r\nMIME-Version")
            message = receive(account, answer, number)
        return message

    few = deliver(1, 2)
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/conversations/{few.thread_id}/")
    many = deliver(3, 30)
    assert many.thread_id == few.thread_id
    Message.objects.update(seen=False)
    with django_assert_max_num_queries(len(asked)):
        client.get(f"/conversations/{many.thread_id}/")


def test_a_folded_message_brings_its_text_when_it_is_opened(
    client: Client, account: Account
) -> None:
    first = receive(account, mail("first", "The first words"), 1)
    answer = mail("second", "The newest words").replace(
        b"MIME-Version", b"In-Reply-To: <first@x.example>\r\nMIME-Version"
    )
    receive(account, answer, 2)
    Message.objects.update(seen=True)
    page = client.get(f"/conversations/{first.thread_id}/").content.decode()
    assert "The newest words" in page
    assert page.count('class="plain"') == 1
    opened = client.get(f"/messages/{first.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "The first words" in opened
    assert "first@x.example" in opened
    without_script = client.get(f"/messages/{first.pk}/", follow=True)
    assert without_script.content.decode().count('class="plain"') == 2


def test_details_tell_who_it_really_is_for(client: Client, account: Account) -> None:
    raw = mail("a", "text").replace(
        b"MIME-Version",
        b"Reply-To: =?utf-8?q?=C5=BB=C3=B3=C5=82w?= <other@x.example>\r\n"
        b"List-Unsubscribe: <https://x.example/u>,\r\n <mailto:u@x.example>\r\nMIME-Version",
    )
    message = receive(account, raw)
    page = client.get(f"/conversations/{message.thread_id}/").content.decode()
    assert "Żółw &lt;other@x.example&gt;" in page
    assert "&lt;https://x.example/u&gt;, &lt;mailto:u@x.example&gt;" in page


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_mail_that_chooses_no_colours_follows_the_page(
    client: Client, account: Account, appearance: str
) -> None:
    plain = receive(account, mail("a", "<p>Hello</p>", "text/html"), 1)
    coloured = receive(account, mail("b", "<p style='color:#000'>Hello</p>", "text/html"), 2)
    client.post("/settings/", {"appearance": appearance})
    frames = [
        client.get(f"/messages/{row.pk}/frame/").content.decode() for row in (plain, coloured)
    ]
    assert [f'<html lang="und" data-appearance="{appearance}"' in frame for frame in frames] == [
        True,
        appearance == "light",
    ]


def test_a_password_that_cannot_be_read_is_said_where_the_server_is_asked(
    client: Client, account: Account
) -> None:
    message = receive(account, WITH_FILE)
    attachment = Attachment.objects.get(message=message)
    original = client.get(f"/messages/{message.pk}/original/")
    assert original.status_code == 502
    assert "The stored password of this account can no longer be read." in original.content.decode()
    fetched = client.post(f"/attachments/{attachment.pk}/fetch/")
    assert b"can no longer be read" in b"".join(fetched.streaming_content)  # type: ignore[attr-defined]


def test_the_original_leads_back_to_the_list_that_people_came_from(
    client: Client, account: Account
) -> None:
    message = receive(account, WITH_FILE)
    trail = "?filter=unread&amp;in=inbox"
    page = client.get(f"/conversations/{message.thread_id}/?filter=unread&in=inbox")
    assert f'href="/messages/{message.pk}/original/{trail}"' in page.content.decode()
    original = client.get(f"/messages/{message.pk}/original/?filter=unread&in=inbox")
    back = f"/conversations/{message.thread_id}/{trail}&amp;open={message.pk}#message-{message.pk}"
    assert f'href="{back}"' in original.content.decode()


def test_whom_to_merge_with_is_found_by_addresses(client: Client, account: Account) -> None:
    """A query of who writes to whom within one of who writes costs as much as there is mail."""
    first = receive(account, mail("first", "text"), 1).thread
    receive(account, mail("second", "text"), 2)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/conversations/{first.pk}/others/").content.decode()
    assert "About second" in page
    assert max(query["sql"].count('FROM "sync_participant"') for query in asked) == 1
