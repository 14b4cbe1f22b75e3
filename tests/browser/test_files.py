"""Attached files in the browser, with a real mail server that has them, or has them no more."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from sync import engine, runs
from sync.models import Account, Attachment, AttachmentContent, LedgerEntry, Message
from tests.imap.dovecot import PASSWORD, People, Person

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db(transaction=True),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuY"
    "AAAAAElFTkSuQmCC"
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)
WITH_FILES = (
    "From: Ewa <ewa@klient.example>\r\nTo: me@crm.example\r\nSubject: Offer\r\n"
    "Message-ID: <files@mail.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    '--b\r\nContent-Type: multipart/related; boundary="r"\r\n\r\n'
    "--r\r\nContent-Type: text/html\r\n\r\n<p>See the <img src='cid:logo@x' alt='logo'></p>\r\n"
    f"--r\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline\r\n"
    f"Content-Transfer-Encoding: base64\r\n\r\n{PNG}\r\n--r--\r\n"
    "--b\r\nContent-Type: image/png; name=photo.png\r\nContent-Disposition: attachment\r\n"
    f"Content-Transfer-Encoding: base64\r\n\r\n{PNG}\r\n"
    "--b\r\nContent-Type: image/png; name=not-a-photo.png\r\nContent-Disposition: attachment\r\n"
    "\r\n<script>alert(1)</script>\r\n"
    "--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment\r\n"
    f"\r\n{PDF.decode()}\r\n"
    '--b\r\nContent-Type: text/html; name="../../evil.html"\r\nContent-Disposition: attachment\r\n'
    "\r\n<script>alert(1)</script>\r\n--b--\r\n"
).encode()


@pytest.fixture
def person(people: People, annas_account: Account) -> Person:
    """Anna's account on a real server."""
    person = people.new()
    annas_account.host, annas_account.port = people.dovecot.host, people.dovecot.port
    annas_account.username = person.name
    annas_account.set_secret(PASSWORD)
    annas_account.save()
    return person


@pytest.fixture
def files(page: Page, person: Person, annas_account: Account) -> Page:
    """The conversation with a mail full of files, of which none is fetched yet."""
    person.append(WITH_FILES)
    sync(annas_account)
    page.goto(f"/conversations/{Message.objects.get().thread_id}/")
    return page


def sync(account: Account) -> None:
    runs.start_first_sync(account)
    while engine.work(account.pk, "test", 30):
        pass


def test_images_in_the_text_come_from_our_own_store(files: Page) -> None:
    picture = files.frame_locator("iframe.mail").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 10)
    assert AttachmentContent.objects.get().attachment.content_id == "logo@x"


@pytest.mark.parametrize("size", SIZES)
def test_files_are_looked_at_and_saved(files: Page, size: str) -> None:
    files.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    expect(files.get_by_text("PDF ·")).to_be_visible()
    expect(files.get_by_text("logo", exact=True)).to_have_count(0)
    files.get_by_role("link", name="Preview photo.png").click()
    sheet = files.get_by_role("dialog")
    expect(sheet.get_by_role("img", name="photo.png")).to_have_js_property("naturalWidth", 10)
    files.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    files.get_by_role("link", name="Preview plan.pdf").click()
    expect(sheet.get_by_text("1 / 2")).to_be_visible()
    expect(sheet.get_by_role("img")).to_have_js_property("naturalWidth", 400)
    sheet.get_by_role("button", name="Next page").click()
    expect(sheet.get_by_text("2 / 2")).to_be_visible()
    sheet.get_by_role("button", name="Close").click()

    files.get_by_role("link", name="Preview not-a-photo.png").click()
    expect(sheet.get_by_text("This file cannot be shown here.")).to_be_visible()
    sheet.get_by_role("button", name="Close").click()

    with files.expect_download() as saved:
        files.get_by_role("link", name="Download evil.html").click()
    assert saved.value.suggested_filename == "evil.html"


def test_a_file_that_is_gone_says_so_and_can_be_tried_again(files: Page, person: Person) -> None:
    person.delete("1")
    files.get_by_role("link", name="Download plan.pdf").click()
    said = files.get_by_text("This message is no longer on the mail server.")
    expect(said).to_be_visible()
    person.append(WITH_FILES)
    entry = LedgerEntry.objects.get()
    LedgerEntry.objects.filter(pk=entry.pk).update(uid=person.uids()[0])
    with files.expect_download() as saved:
        files.get_by_role("button", name="Try again").click()
    assert saved.value.suggested_filename == "plan.pdf"
    expect(said).to_be_hidden()


def test_the_original_is_shown_as_text_and_saved(files: Page, person: Person) -> None:
    files.get_by_text("More for this message").locator("..").click()
    files.get_by_role("link", name="Show original").click()
    expect(files.get_by_label("Source")).to_contain_text("<script>alert(1)</script>")
    with files.expect_download() as saved:
        files.get_by_role("link", name="Save as a file").first.click()
    # IMAP knows whole line ends only.
    sent = WITH_FILES.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert saved.value.path().read_bytes() == sent
    person.delete("1")
    files.reload()
    expect(files.get_by_text("Below is the header of the message")).to_be_visible()
    expect(files.get_by_label("Source")).to_contain_text("Message-ID: <files@mail.example>")


def test_a_server_that_is_away_is_said_in_words(files: Page, annas_account: Account) -> None:
    Account.objects.filter(pk=annas_account.pk).update(port=1)
    files.get_by_role("link", name="Download plan.pdf").click()
    expect(files.get_by_text("does not accept connections")).to_be_visible()
    expect(files.get_by_role("button", name="Try again")).to_be_visible()
    assert not Attachment.objects.get(name="plan.pdf").message.attachments.filter(
        name="plan.pdf", content__isnull=False
    )
