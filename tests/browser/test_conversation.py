"""A conversation as a person uses it, with a real mail server behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from sync import engine, runs
from sync.models import Account, Attachment, AttachmentContent, LedgerEntry, Message, Thread
from tests.imap.dovecot import PASSWORD, People, Person
from tests.site.conftest import mail, receive
from tests.sync.mailbox import letter

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
def files(page: Page, person: Person, annas_account: Account) -> Iterator[Page]:
    """The conversation with a mail full of files, of which none is fetched yet."""
    page.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    person.append(WITH_FILES)
    sync(annas_account)
    page.goto(f"/conversations/{Message.objects.get().thread_id}/")
    yield page
    expect.set_options(timeout=5_000)


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
    assert saved.value.path().read_bytes() == WITH_FILES
    person.delete("1")
    files.reload()
    expect(files.get_by_text("Here is its header, which is kept.")).to_be_visible()
    expect(files.get_by_label("Source")).to_contain_text("Message-ID: <files@mail.example>")


def test_a_server_that_is_away_is_said_in_words(files: Page, annas_account: Account) -> None:
    Account.objects.filter(pk=annas_account.pk).update(port=1)
    files.get_by_role("link", name="Download plan.pdf").click()
    expect(files.get_by_text("does not accept connections")).to_be_visible()
    expect(files.get_by_role("button", name="Try again")).to_be_visible()
    assert not Attachment.objects.get(name="plan.pdf").message.attachments.filter(
        name="plan.pdf", content__isnull=False
    )


@pytest.fixture
def talk(page: Page, annas_account: Account) -> list[Message]:
    """Two messages of one conversation and one of another."""
    page.set_default_timeout(30_000)
    first = letter("first", subject="Offer", text="The first words")
    answer = letter("answer", subject="Re: Offer", references="<first@mail.example>")
    other = letter("other", subject="Prices", sender="ewa@klient.example")
    return [receive(annas_account, raw, n) for n, raw in enumerate((first, answer, other), 1)]


@pytest.mark.parametrize("size", SIZES)
def test_a_message_is_split_out_and_merged_again(
    page: Page, talk: list[Message], size: str
) -> None:
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    page.goto(f"/conversations/{talk[0].thread_id}/")
    page.locator(".letter").last.get_by_text("More for this message").locator("..").click()
    page.get_by_role("button", name="Move to a new conversation").click()
    expect(page.get_by_text("This message is a conversation of its own now.")).to_be_visible()
    expect(page.locator(".letter")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The messages are where they were.")).to_be_visible()
    assert Thread.objects.exclude(state=Thread.State.EMPTY).count() == 2

    page.goto(f"/conversations/{talk[2].thread_id}/")
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Merge with another conversation").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("You can undo it.")
    sheet.get_by_label("Find a conversation").fill("subject-that-is-nowhere")
    expect(sheet.get_by_text("No conversation is found.")).to_be_visible()


def test_two_conversations_are_merged(page: Page, talk: list[Message]) -> None:
    page.goto(f"/conversations/{talk[2].thread_id}/others/")
    Thread.objects.filter(pk=talk[0].thread_id).update(subject="Offer")
    page.goto(f"/conversations/{talk[0].thread_id}/")
    Message.objects.filter(pk=talk[2].pk).update(subject="Prices")
    talk[2].participants.filter(role="from").update(address="jan@firma.example")
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Merge with another conversation").click()
    page.get_by_role("dialog").get_by_role("button", name="Merge Prices").click()
    expect(page.get_by_text("The two conversations are one now")).to_be_visible()
    expect(page.locator(".letter")).to_have_count(3)
    # Whoever has the address of the other one finds its messages.
    page.goto(f"/conversations/{talk[2].thread_id}/")
    expect(page).to_have_url(f"**/conversations/{talk[0].thread_id}/".replace("**", page.url[:22]))


@pytest.mark.parametrize("size", SIZES)
def test_people_become_contacts_without_leaving(page: Page, talk: list[Message], size: str) -> None:
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    Contact.objects.create(name="Jan Kowalski").add_address("other@firma.example")
    address = f"/conversations/{talk[0].thread_id}/"
    page.goto(address)
    people = page.locator("#people")
    people.get_by_role("link", name="Add to existing contact").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Find contacts").fill("kowal")
    sheet.get_by_role("button", name="Add to Jan Kowalski").click()
    expect(people.get_by_role("link", name="Jan Kowalski")).to_be_visible()
    expect(people).to_contain_text("other@firma.example")
    expect(sheet).to_be_hidden()
    expect(page.locator("#facts")).to_contain_text("Contact")
    assert Thread.objects.get(pk=talk[0].thread_id).from_contact
    assert page.url.endswith(address)

    page.goto(f"/conversations/{talk[2].thread_id}/")
    page.locator("#people").get_by_role("link", name="Create contact").click()
    sheet.get_by_label("Organization").fill("Klient")
    sheet.get_by_label("Name", exact=True).fill("")
    sheet.get_by_role("button", name="Create contact").click()
    expect(sheet).to_be_visible()
    sheet.get_by_label("Name", exact=True).fill("Ewa Nowak")
    sheet.get_by_role("button", name="Create contact").click()
    expect(page.locator("#people")).to_contain_text("Klient")
    assert Contact.objects.get(name="Ewa Nowak").addresses.get().email == "ewa@klient.example"


def test_folded_messages_come_when_they_are_opened(page: Page, talk: list[Message]) -> None:
    Message.objects.update(seen=True)
    page.goto(f"/conversations/{talk[0].thread_id}/")
    expect(page.get_by_text("Text of answer")).to_be_visible()
    first = page.locator(".letter").first
    expect(first.get_by_text("Show this message")).to_be_hidden()
    page.keyboard.press("p")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(first.locator(".plain")).to_have_text("The first words")
    first.get_by_text("Details").click()
    expect(first.get_by_text("first@mail.example")).to_be_visible()


def test_the_keyboard_leads_through_the_list(page: Page, talk: list[Message]) -> None:
    page.goto("/inbox/")
    page.get_by_role("link", name="Prices").click()
    expect(page.locator("h1")).to_have_text("Prices")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Offer")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Prices")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Inbox")
    page.get_by_role("link", name="Offer").click()
    page.keyboard.press("e")
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    page.get_by_role("link", name="Prices").click()
    page.keyboard.press("#")
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("1 conversation moved to the trash.")).to_be_visible()


def test_images_are_shown_once_or_always_for_a_sender(page: Page, annas_account: Account) -> None:
    page.set_default_timeout(30_000)
    page.context.route("http://pictures.example/**", lambda route: route.abort())
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    html = "<p>Hello<img src='http://pictures.example/a.png' alt='A picture'></p>"
    one = receive(annas_account, mail("one", html, "text/html"), 1)
    two = receive(annas_account, mail("two", html, "text/html"), 2)
    page.goto(f"/conversations/{one.thread_id}/")
    expect(page.frame_locator("iframe.mail").get_by_text("Hello")).to_be_visible()
    assert not [url for url in asked if "pictures" in url]
    page.get_by_role("link", name="Show images").click()
    expect(page.get_by_role("link", name="Show images")).to_have_count(0)
    expect(page.frame_locator("iframe.mail").locator("img[src]")).to_have_count(1)
    assert [url for url in asked if "pictures" in url]

    page.reload()
    page.get_by_role("button", name="Always for jan@firma.example").click()
    expect(page.frame_locator("iframe.mail").locator("img[src]")).to_have_count(1)
    page.goto(f"/conversations/{two.thread_id}/")
    expect(page.frame_locator("iframe.mail").locator("img[src]")).to_have_count(1)
    expect(page.get_by_role("link", name="Show images")).to_have_count(0)
    page.goto("/images/")
    page.get_by_role("button", name="Hold back again jan@firma.example").click()
    page.goto(f"/conversations/{two.thread_id}/")
    expect(page.get_by_role("link", name="Show images")).to_be_visible()


def test_the_trash_is_emptied_by_hand(page: Page, talk: list[Message]) -> None:
    Thread.objects.update(state=Thread.State.TRASHED, trashed_at=talk[0].arrived_at)
    page.goto("/trash/")
    page.get_by_label("Select “Prices”").check()
    page.get_by_role("button", name="Delete for good").first.click()
    sure = page.get_by_role("dialog", name="Delete for good?")
    expect(sure).to_contain_text("Conversations: 1")
    sure.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("1 conversation deleted for good.")).to_be_visible()
    page.get_by_role("button", name="Empty the trash").click()
    sure = page.get_by_role("dialog", name="Empty the trash?")
    expect(sure).to_contain_text("Conversations: 1")
    sure.get_by_role("button", name="Empty the trash").click()
    expect(page.get_by_text("1 conversation deleted for good.")).to_be_visible()
    assert set(Thread.objects.values_list("state", flat=True)) == {Thread.State.EMPTY}
