"""The rail, the menus and the account switch, on a desktop and on a phone, by label and by key."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from sync.models import Account, Thread
from tests.site.conftest import mail, make_account, receive
from tests.sync.many import make_threads

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
PHONE = ViewportSize(width=390, height=844)


def test_the_folded_rail_is_remembered(page: Page) -> None:
    rail = page.get_by_role("navigation", name="Main menu")
    page.get_by_role("button", name="Fold the menu").click()
    expect(rail).to_have_css("width", "64px")
    page.goto("/contacts/")
    expect(rail).to_have_css("width", "64px")
    expect(page.get_by_role("link", name="Archive")).to_be_visible()
    page.get_by_role("button", name="Fold the menu").click()
    expect(rail).to_have_css("width", "240px")


def test_language_and_appearance_are_chosen_in_the_menu(page: Page) -> None:
    page.get_by_text("anna", exact=True).click()
    page.get_by_role("button", name="Polski").click()
    expect(page.get_by_role("heading", name="Odebrane")).to_be_visible()
    page.get_by_text("anna", exact=True).click()
    page.get_by_role("button", name="Ciemny").click()
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.get_by_text("anna", exact=True).click()
    page.get_by_role("link", name="Preferencje").click()
    page.get_by_label("Strefa czasowa").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Zapisz").click()
    expect(page.get_by_text("Zapisano, dla każdej przeglądarki")).to_be_visible()
    expect(page.get_by_label("Strefa czasowa")).to_have_value("Asia/Tokyo")


def test_the_keys_are_shown_on_every_page(page: Page) -> None:
    page.goto("/contacts/")
    page.locator("body").press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()


def test_one_account_is_looked_at(page: Page, annas_account: Account) -> None:
    sales = make_account(annas_account.owner, "sales@crm.example")
    receive(annas_account, mail("mine", "text"), 1)
    receive(sales, mail("offer", "text"), 1)
    page.goto("/inbox/")
    page.get_by_text("All accounts").first.click()
    page.get_by_role("link", name="sales@crm.example").click()
    expect(page.get_by_role("link", name="About mine")).to_be_hidden()
    expect(page.get_by_role("link", name="About offer")).to_be_visible()
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="Inbox", exact=False).first.click()
    page.wait_for_url("**/inbox/**")


def test_a_range_is_selected_by_keyboard(page: Page, annas_account: Account) -> None:
    for number in range(1, 6):
        receive(annas_account, mail(f"n{number}", "text"), number)
    page.goto("/inbox/")
    for key in ("j", "j", "J", "J"):
        page.keyboard.press(key)
    expect(page.get_by_text("Selected: 3")).to_be_visible()
    expect(page.get_by_label("Select “About n3”")).to_be_checked()
    expect(page.get_by_label("Select “About n1”")).not_to_be_checked()
    page.keyboard.press("*")
    expect(page.get_by_text("Selected: 5")).to_be_visible()
    page.keyboard.press("*")
    expect(page.get_by_role("button", name="Archive")).to_be_hidden()


@pytest.mark.parametrize("size", [ViewportSize(width=1440, height=900), PHONE])
def test_what_is_selected_far_down_is_dealt_with_there(
    page: Page, annas_account: Account, size: ViewportSize
) -> None:
    page.set_viewport_size(size)
    make_threads(annas_account, 50)
    page.goto("/inbox/")
    last = page.locator(".conversation .tick input").last
    last.scroll_into_view_if_needed()
    last.check()
    expect(page.get_by_role("button", name="Archive")).to_be_in_viewport()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    # Nor does what stays above the list hide the line that the keyboard goes to.
    lines = page.locator(".conversation .about a")
    expect(lines).to_have_count(49)
    lines.nth(20).focus()
    for _ in range(15):
        page.keyboard.press("k")
    expect(lines.nth(5)).to_be_focused()
    place, bar = lines.nth(5).bounding_box(), page.locator(".toolbar").bounding_box()
    assert place
    assert bar
    assert place["y"] >= bar["y"] + bar["height"]


def test_a_phone_shows_each_title_once(page: Page, annas_account: Account) -> None:
    page.set_viewport_size(PHONE)
    thread = receive(annas_account, mail("the offer", "text")).thread
    for path, title in (("/inbox/", "Inbox"), (f"/conversations/{thread.pk}/", "About the offer")):
        page.goto(path)
        titles = page.get_by_text(title, exact=True).filter(visible=True)
        expect(titles).to_have_count(1)
        expect(titles).to_have_role("heading")
        expect(page.get_by_role("combobox", name="Search mail")).to_be_in_viewport()


def test_mail_is_triaged_on_a_phone(page: Page, annas_account: Account) -> None:
    page.set_viewport_size(PHONE)
    for number, name in enumerate(("second", "first"), 1):
        receive(annas_account, mail(name, "text"), number)
    page.goto("/inbox/")
    page.get_by_label("Select “About first”").check()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    expect(page.get_by_role("link", name="About first")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="About first")).to_be_visible()
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("All done")).to_be_visible()
    assert Thread.objects.filter(state=Thread.State.TRASHED).count() == 2
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Trash").click()
    expect(page.get_by_role("heading", name="Trash")).to_be_visible()
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
