"""Searching by keyboard, and marking what was found as unread."""

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from sync import searching
from sync.models import Account, Message, Thread
from tests.browser.signed_in import shows
from tests.site.conftest import mail, receive
from tests.sync.mailbox import letter

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]

# Whether nothing around an element cuts a part of it off.
_IN_FULL = """element => {
  const box = element.getBoundingClientRect();
  for (let around = element; (around = around.parentElement); ) {
    if (getComputedStyle(around).overflowX !== "hidden") continue;
    const edge = around.getBoundingClientRect();
    if (box.right > edge.right + 1 || box.bottom > edge.bottom + 1) return false;
  }
  return box.width > 0;
}"""


def test_a_search_by_keyboard_finds_marks_and_is_triaged(
    page: Page, annas_account: Account
) -> None:
    receive(annas_account, mail("zoo", "W zoo są żółwie."), 1)
    receive(annas_account, mail("work", "nothing of interest"), 2)
    while searching.index_batch():
        pass
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search mail")).to_be_focused()
    page.keyboard.type("zolw")
    page.keyboard.press("Enter")
    shows(page, "Search")
    expect(page.locator("mark")).to_have_text("żółw")
    expect(page.get_by_role("link", name="About work")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="About zoo")).to_be_focused()
    expect(page.get_by_role("combobox", name="Search mail")).to_have_value("zolw")
    page.keyboard.press("Enter")
    shows(page, "About zoo")
    page.keyboard.press("u")
    expect(page.get_by_text("1 conversation marked as unread.")).to_be_visible()
    expect(page.get_by_role("link", name="Unread: About zoo")).to_be_visible()


def test_operators_and_their_values_are_completed_by_keyboard(
    page: Page, annas_account: Account
) -> None:
    Contact.objects.create(name="Ewa Nowak").add_address("ewa@klient.example")
    receive(annas_account, mail("other", "text", sender="Ewelina <ewelina@x.example>"), 1)
    page.reload()
    search = page.get_by_role("combobox", name="Search mail")
    page.keyboard.press("j")
    page.keyboard.press("/")
    expect(page.get_by_role("option", name="from:")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option", name="from:")).to_be_hidden()
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="About other")).to_be_focused()
    search.fill("offer fr")
    expect(page.get_by_role("option", name="from:")).to_be_visible()
    expect(search).to_have_attribute("aria-expanded", "true")
    search.press("ArrowDown")
    expect(page.get_by_role("option", name="from:")).to_have_attribute("aria-selected", "true")
    search.press("Enter")
    expect(search).to_have_value("offer from:")
    search.press_sequentially("ew")
    expect(page.get_by_role("option", name="Ewelina")).to_be_visible()
    page.get_by_role("option", name="Ewa Nowak").click()
    expect(search).to_have_value('offer from:"Ewa Nowak" ')
    expect(search).to_be_focused()
    search.press_sequentially("is:u")
    expect(page.get_by_role("option", name="unread")).to_be_visible()
    search.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    search.press_sequentially("nread ")
    search.press("Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()


def test_what_was_found_is_read_where_it_is(page: Page, annas_account: Account) -> None:
    for number in range(1, 7):
        text = "A needle." if number == 3 else "hay\r\n" * 40
        before = f"<n{number - 1}@mail.example>" if number > 1 else ""
        receive(annas_account, letter(f"n{number}", references=before, text=text), number)
    while searching.index_batch():
        pass
    Message.objects.update(seen=True)
    page.goto("/search/?q=needle")
    page.get_by_role("link", name="Letter n").click()
    found = page.locator(".letter").nth(2).locator(".plain")
    expect(found).to_be_in_viewport()
    expect(found.locator("mark")).to_have_text("needle")
    search = page.get_by_role("combobox", name="Search mail")
    expect(search).to_have_value("needle")
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    shows(page, "Search")
    expect(search).to_have_value("needle")


def test_what_was_found_is_seen_on_a_phone(page: Page, annas_account: Account) -> None:
    sender = "Longa Silva <longa@x.example>"
    receive(annas_account, mail("the hull, the mast and the quote", "Hello.", sender=sender), 1)
    receive(annas_account, mail("boats", "Two weeks ago I sent the quote. " * 3, sender=sender), 2)
    while searching.index_batch():
        pass
    # The chip "Archive" leaves little room.
    Thread.objects.update(state=Thread.State.ARCHIVED)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/search/?q=quote")
    expect(page.locator(".about")).to_have_count(2)
    for about in page.locator(".about").all():
        mark = about.locator("mark").first
        expect(mark).to_have_text("quote")
        assert mark.evaluate(_IN_FULL), about.inner_text()
