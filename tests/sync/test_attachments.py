"""Files that are fetched when somebody opens them."""

from __future__ import annotations

import re

import pytest

from sync import attachments
from sync.attachments import FileTooLarge, open_attachment
from sync.models import Attachment, AttachmentContent
from tests.imap.oddities import by_the_book
from tests.imap.scripted_server import Talk
from tests.sync.mailbox import NOW
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)
WITH_FILE = (
    b"From: jan@firma.example\r\nTo: me@crm.example\r\nMessage-ID: <file@mail.example>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
    b"Content-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"eHl6enk=\r\n--b--\r\n"
)


def file_of(post: Post) -> Attachment:
    post.provider.deliver(WITH_FILE, NOW)
    post.first_sync()
    return Attachment.objects.get(name="x.zip")


def test_a_file_without_end_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 2_000_000)

    def give_on(talk: Talk) -> None:
        uid, offset, size = re.findall(r"FETCH (\d+) .*<(\d+)\.(\d+)>", talk.line)[0]
        told = f"* 1 FETCH (UID {uid} BODY[2]<{offset}> {{{size}}}\r\n".encode()
        talk.say(told + b"A" * int(size) + b")\r\n{tag} OK done\r\n")

    with post_of(by_the_book) as post:
        file = file_of(post)
        post.provider.rules.append((r"UID FETCH .*BODY\.PEEK\[2\]", give_on))
        with pytest.raises(FileTooLarge):
            open_attachment(file)
        assert len([line for line in post.provider.asked if "PEEK[2]" in line]) == 4
        assert not AttachmentContent.objects.exists()
