"""Where things stand: level with what is beside them, and where they were before."""

import pytest
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from sync.models import Account
from tests.site.conftest import mail, make_account, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE])


@pytest.fixture
def conversation(page: Page, annas_account: Account) -> Page:
    make_account(annas_account.owner, "sales@crm.example")
    thread = receive(annas_account, mail("one", "text")).thread
    page.goto(f"/conversations/{thread.pk}/")
    return page


def place(seen: Locator) -> FloatRect:
    expect(seen).to_be_visible()
    box = seen.bounding_box()
    assert box
    return box


@SIZES
def test_what_stands_beside_each_other_is_level(conversation: Page, size: ViewportSize) -> None:
    conversation.set_viewport_size(size)
    search = place(conversation.get_by_role("combobox", name="Search mail"))
    switch = place(conversation.locator(".account-switch > summary"))
    assert (switch["y"], switch["height"]) == (search["y"], search["height"])
    tools = conversation.locator(".conversation-head .tools")
    archive = place(tools.get_by_role("button", name="Archive"))
    more = place(tools.locator(".menu > summary"))
    assert (more["y"], more["height"]) == (archive["y"], archive["height"])


def test_the_tools_of_a_phone_begin_where_the_page_begins(conversation: Page) -> None:
    conversation.set_viewport_size(PHONE)
    archive = conversation.get_by_role("button", name="Archive")
    start = place(conversation.locator("#facts"))["x"]
    assert place(archive)["x"] == start
    conversation.locator(".conversation-head .menu > summary").click()
    menu = place(conversation.locator(".conversation-head .menu-sheet"))
    assert menu["x"] >= start
    assert menu["x"] + menu["width"] <= PHONE["width"]


@SIZES
def test_sharing_opens_over_the_page_and_moves_nothing(
    conversation: Page, size: ViewportSize
) -> None:
    conversation.set_viewport_size(size)
    button = conversation.locator(".sharing > summary")
    letter = conversation.locator(".letter").first
    before = place(button), place(letter)["y"]
    button.click()
    sheet = place(conversation.locator(".sharing .menu-sheet"))
    assert (place(button), place(letter)["y"]) == before
    assert sheet["x"] >= 0
    assert sheet["x"] + sheet["width"] <= size["width"]
    conversation.keyboard.press("Escape")
    expect(conversation.get_by_role("button", name="Share with the team")).to_be_hidden()


def test_what_is_wrong_has_room_above_the_search(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.locator("#bar-lost").evaluate("bar => { bar.hidden = false }")
    bar = place(page.locator("#bar-lost"))
    search = place(page.get_by_role("combobox", name="Search mail"))
    assert search["y"] >= bar["y"] + bar["height"] + 16
