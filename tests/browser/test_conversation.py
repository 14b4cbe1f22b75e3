"""A conversation as a person uses it, with a real mail server behind it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm_inbox.demo.html import newsletter
from sync.models import Account, Message, Thread
from tests.site.conftest import mail, receive
from tests.sync.mailbox import letter

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.django_db(transaction=True),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


# In the moment in which the field is put into the page.
_TYPE_AT_ONCE = """() => new MutationObserver((_changes, observer) => {
    const field = document.querySelector("dialog input[type=search]");
    if (!field) return;
    observer.disconnect();
    field.value = "subject-that-is-nowhere";
    field.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


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
    # What was the page of a conversation of its own shows where its message went.
    expect(page.locator(".letter")).to_have_count(2)
    assert Thread.objects.exclude(state=Thread.State.EMPTY).count() == 2

    page.goto(f"/conversations/{talk[2].thread_id}/")
    page.locator(".conversation-head summary").first.click()
    page.get_by_role("link", name="Merge with another conversation").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("You can undo it.")
    sheet.get_by_label("Find a conversation").fill("subject-that-is-nowhere")
    expect(sheet.get_by_text("No conversation is found.")).to_be_visible()


def test_what_is_typed_as_soon_as_it_is_there_is_looked_for(
    page: Page, talk: list[Message]
) -> None:
    page.goto(f"/conversations/{talk[2].thread_id}/")
    page.evaluate(_TYPE_AT_ONCE)
    page.locator(".conversation-head summary").first.click()
    page.get_by_role("link", name="Merge with another conversation").click()
    expect(page.get_by_role("dialog").get_by_text("No conversation is found.")).to_be_visible()


def test_two_conversations_are_merged(page: Page, talk: list[Message]) -> None:
    page.goto(f"/conversations/{talk[2].thread_id}/others/")
    Thread.objects.filter(pk=talk[0].thread_id).update(subject="Offer")
    page.goto(f"/conversations/{talk[0].thread_id}/")
    Message.objects.filter(pk=talk[2].pk).update(subject="Prices")
    talk[2].participants.filter(role="from").update(address="jan@firma.example")
    page.locator(".conversation-head summary").first.click()
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
    expect(sheet.get_by_label("Find contacts")).to_be_focused()
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
    expect(page.locator(".letter").last.locator(".plain")).to_have_text("Text of answer")
    first = page.locator(".letter").first
    expect(first.get_by_text("Show this message")).to_be_hidden()
    page.keyboard.press("p")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(first.locator(".plain")).to_have_text("The first words")
    first.get_by_text("Details").click()
    expect(first.get_by_text("first@mail.example")).to_be_visible()


def test_what_comes_while_people_read_waits_behind_a_link(
    page: Page, annas_account: Account, talk: list[Message]
) -> None:
    page.goto(f"/conversations/{talk[0].thread_id}/?filter=unread&in=inbox")
    receive(annas_account, letter("elsewhere", subject="Else"), 8)
    receive(
        annas_account, letter("more", subject="Re: Offer", references="<first@mail.example>"), 9
    )
    come = page.get_by_role("link", name="1 new message")
    expect(come).to_be_visible()
    expect(page.locator(".letter")).to_have_count(2)
    come.click()
    expect(page.locator(".letter")).to_have_count(3)
    expect(page.locator(".letter").last.locator(".plain")).to_have_text("Text of more")
    assert "filter=unread" in page.url
    expect(come).to_have_count(0)


def test_images_are_shown_once_or_always_for_a_sender(page: Page, annas_account: Account) -> None:
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
    page.get_by_role("button", name="Empty trash").click()
    sure = page.get_by_role("dialog", name="Empty the trash?")
    expect(sure).to_contain_text("Conversations: 1")
    sure.get_by_role("button", name="Empty trash").click()
    expect(page.get_by_text("1 conversation deleted for good.")).to_be_visible()
    assert set(Thread.objects.values_list("state", flat=True)) == {Thread.State.EMPTY}


def test_a_newsletter_is_read_on_a_phone(page: Page, annas_account: Account) -> None:
    made = newsletter(
        site="kadry.example",
        brand="Kadry Wprost",
        headline="Kiedy przestać dzwonić",
        stories=[("Program targów i bezpłatne wejściówki", "Praktyczna lista kontrolna.")],
        leave="Wypisz się",
        colour="#225533",
    )
    raw = mail("news", made, "text/html")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/conversations/{receive(annas_account, raw).thread_id}/")
    frame = page.frame_locator("iframe.mail")
    expect(frame.get_by_role("heading", name="Kiedy przestać")).to_be_visible()
    beyond = "root => root.scrollWidth - root.clientWidth"
    assert frame.locator("html").evaluate(beyond) == frame.locator("body").evaluate(beyond) == 0
    page.get_by_role("link", name="Show images").click()
    expect(page.locator("iframe.mail")).to_be_focused()
