"""A conversation, and the mail in it made safe."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync.models import Account, Attachment
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
