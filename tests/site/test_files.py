"""Attached files: what a browser is told about them, and pages of PDFs."""

import struct

import pytest
from django.contrib.auth.models import User
from django.test import Client

from crm_inbox.files import File, raster_type
from crm_inbox.pdf_pages import CannotDraw, draw_page
from crm_inbox.templatetags.mail import breakable
from sync.models import Account, Attachment, AttachmentContent
from tests.site.conftest import mail, make_account, receive

PNG = b"\x89PNG\r\n\x1a\n rest"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction"
    b"<</S/JavaScript/JS(app.alert(1))>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n"
)


def attach(account: Account, data: bytes, name: str, content_type: str) -> Attachment:
    """A file that was fetched before."""
    message = receive(account, mail("a", "text"))
    file = Attachment.objects.create(
        message=message, section="2", name=name, content_type=content_type, size=len(data)
    )
    AttachmentContent.objects.create(attachment=file, data=data)
    return file


def test_a_long_name_breaks_between_its_words() -> None:
    assert breakable("Quote_12.<b>.pdf") == "Quote_<wbr>12.<wbr>&lt;b&gt;.<wbr>pdf"


@pytest.mark.parametrize(
    ("data", "content_type", "shown"),
    [
        (PNG, "image/png", "image/png"),
        (PNG, "text/html", "image/png"),
        (b"GIF89a", "image/gif", "image/gif"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", "image/webp"),
        (b"<script>alert(1)</script>", "image/png", None),
        (b"<svg onload='alert(1)'/>", "image/svg+xml", None),
        (PDF, "application/pdf", None),
        (b"", "image/png", None),
    ],
)
def test_only_what_is_a_picture_is_shown_and_all_else_is_saved(
    client: Client, account: Account, data: bytes, content_type: str, shown: str | None
) -> None:
    file = attach(account, data, "name.png", content_type)
    answer = client.get(f"/attachments/{file.pk}/")
    assert answer["Content-Type"] == (shown or "application/octet-stream")
    assert answer["Content-Disposition"].partition(";")[0] == ("inline" if shown else "attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    saved = client.get(f"/attachments/{file.pk}/?download=1")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ['a"; x="b.png', "a\r\nSet-Cookie: x=1", "żółw.pdf", ""])
def test_no_name_changes_the_answer(client: Client, account: Account, name: str) -> None:
    file = attach(account, b"x", name, "text/plain")
    answer = client.get(f"/attachments/{file.pk}/")
    assert answer.content == b"x"
    assert "Set-Cookie" not in answer.headers
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["", "?download=1", "preview/", "page/"])
def test_files_of_others_do_not_exist(client: Client, path: str) -> None:
    other = make_account(User.objects.create_user("jan"), "jan@crm.example")
    file = attach(other, PNG, "a.png", "image/png")
    assert client.get(f"/attachments/{file.pk}/{path}").status_code == 404
    assert client.post(f"/attachments/{file.pk}/fetch/").status_code == 404


def test_what_is_here_is_not_fetched_again(client: Client, account: Account) -> None:
    file = attach(account, PNG, "a.png", "image/png")
    answer = client.post(f"/attachments/{file.pk}/fetch/")
    assert b"".join(answer.streaming_content) == b'{"done": true}\n'  # type: ignore[attr-defined]


def test_a_page_of_a_pdf_is_a_picture(client: Client, account: Account) -> None:
    file = attach(account, PDF, "a.pdf", "application/pdf")
    answer = client.get(f"/attachments/{file.pk}/page/?page=1")
    assert (answer["Content-Type"], answer["X-Pages"]) == ("image/png", "1")
    assert raster_type(answer.content) == "image/png"
    assert struct.unpack(">II", answer.content[16:24]) == (400, 200)


@pytest.mark.parametrize("data", [b"", b"no PDF", PDF[:40], b"%PDF-1.7\n" + b"[" * 100_000])
def test_what_is_no_pdf_is_no_page(client: Client, account: Account, data: bytes) -> None:
    with pytest.raises(CannotDraw):
        draw_page(data, 1)
    file = attach(account, data, "a.pdf", "application/pdf")
    assert client.get(f"/attachments/{file.pk}/page/").status_code == 422


@pytest.mark.parametrize(
    ("name", "content_type", "kind", "seen"),
    [
        ("a.pdf", "application/octet-stream", "PDF", True),
        ("photo.JPG", "image/jpeg", "Image", True),
        ("a.svg", "image/svg+xml", "Drawing", False),
        ("a.docx", "application/zip", "Text document", False),
        ("noname", "application/x-thing", "File", False),
    ],
)
def test_people_are_told_what_it_is(name: str, content_type: str, kind: str, seen: bool) -> None:
    file = File(Attachment(name=name, content_type=content_type))
    assert (file.kind, file.can_be_seen) == (kind, seen)
