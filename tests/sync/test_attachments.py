"""Files are fetched when somebody opens them, and kept from then on."""

from base64 import b64encode

import pytest

from sync.attachments import open_attachment, original_source
from sync.models import Account, Attachment, AttachmentContent, Message
from sync.wire import WHOLE_LIMIT, MessageMissing, WireError
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.needs("dovecot")
PLAN, PHOTO = b"%PDF plan " * 20_000, b"\x89PNG photo"


def part(name: str, data: bytes) -> bytes:
    encoded = b64encode(data)
    lines = b"\r\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76))
    return (
        b"--b\r\nContent-Type: application/octet-stream; name=%s\r\n"
        b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
    ) % (name.encode(), lines)


RAW = (
    b"From: Jan <jan@firma.example>\r\nTo: me@crm.example\r\nSubject: Files\r\n"
    b"Message-ID: <files@mail.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nPlease find them attached.\r\n"
    + part("plan.pdf", PLAN)
    + part("photo.png", PHOTO)
    + b"--b--\r\n"
)


@pytest.fixture
def files(mailbox: Mailbox) -> Mailbox:
    """A message with two files, more than is fetched whole."""
    assert len(RAW) > WHOLE_LIMIT
    mailbox.dovecot.add_folder(mailbox.name, "Work")
    mailbox.deliver("files", raw=RAW)
    mailbox.first_sync()
    return mailbox


def file(name: str) -> Attachment:
    return Attachment.objects.get(name=name)


def test_a_sync_brings_the_text_and_knows_of_the_files(files: Mailbox) -> None:
    message = Message.objects.get()
    assert message.body.text.strip() == "Please find them attached."
    assert [one.name for one in message.attachments.order_by("section")] == [
        "plan.pdf",
        "photo.png",
    ]
    assert not AttachmentContent.objects.exists()


def test_what_is_opened_is_fetched_alone_and_kept(files: Mailbox) -> None:
    assert open_attachment(file("plan.pdf")) == PLAN
    assert AttachmentContent.objects.get().attachment.name == "plan.pdf"
    # From now on the server is not needed for it.
    Account.objects.update(port=1)
    assert open_attachment(file("plan.pdf")) == PLAN
    with pytest.raises(WireError):
        open_attachment(file("photo.png"))


def test_it_is_found_where_another_copy_went(files: Mailbox) -> None:
    files.command("files", "COPY", "Work")
    files.sync()
    # Not looked at since.
    files.delete("files")
    assert open_attachment(file("photo.png")) == PHOTO
    assert original_source(Message.objects.get()) == RAW


def test_what_left_the_server_cannot_be_opened_any_more(files: Mailbox) -> None:
    assert open_attachment(file("photo.png")) == PHOTO
    files.delete("files")
    files.sync()
    assert open_attachment(file("photo.png")) == PHOTO
    with pytest.raises(MessageMissing):
        open_attachment(file("plan.pdf"))
