"""From a conversation on to the next ones, and back to where people were in the list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from sync.models import Account, Message, Thread
from tests.browser.signed_in import shows
from tests.components import program
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["kept by the browser", "loaded again"])
def going_back(
    request: pytest.FixtureRequest, page: Page, chromium: Browser, live_server: LiveServer
) -> Iterator[Page]:
    """A page of a browser that keeps whole pages for Back, as those of people do, or of one that
    does not, as those that Playwright starts.
    """
    if request.param == "loaded again":
        yield page
        return
    keeps = chromium.browser_type.launch(
        executable_path=program("chromium"),
        args=["--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    signed_in = page.context.storage_state()
    yield keeps.new_context(
        base_url=live_server.url, locale="en", storage_state=signed_in
    ).new_page()
    keeps.close()


def test_back_shows_a_conversation_as_it_is_now(going_back: Page, talk: list[Message]) -> None:
    page = going_back
    page.goto(f"/conversations/{talk[0].thread_id}/")
    page.locator(".letter").last.get_by_text("More for this message").locator("..").click()
    page.get_by_role("button", name="Move to a new conversation").click()
    expect(page.get_by_text("This message is a conversation of its own now.")).to_be_visible()
    page.wait_for_load_state()
    page.evaluate("history.back()")
    expect(page.locator(".letter")).to_have_count(1)
    expect(page.locator(".letter .plain")).to_have_text("The first words")


def test_the_keyboard_leads_through_the_list(page: Page, talk: list[Message]) -> None:
    page.goto("/inbox/")
    page.get_by_role("link", name="Prices").click()
    shows(page, "Prices")
    page.keyboard.press("j")
    shows(page, "Offer")
    page.keyboard.press("k")
    shows(page, "Prices")
    page.keyboard.press("Escape")
    shows(page, "Inbox")
    page.get_by_role("link", name="Offer").click()
    shows(page, "Offer")
    page.keyboard.press("e")
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    page.get_by_role("link", name="Prices").click()
    shows(page, "Prices")
    page.keyboard.press("#")
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("1 conversation moved to the trash.")).to_be_visible()


def test_people_come_back_to_their_place(page: Page, annas_account: Account) -> None:
    for number in range(1, 56):
        receive(annas_account, mail(f"n{number:02}", "text"), number)
    Thread.objects.update(has_attachments=True)
    page.goto("/inbox/?filter=attachments")
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/inbox/?filter=attachments&before=*")
    older = page.url
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    shows(page, "About n04")
    page.keyboard.press("j")
    shows(page, "About n03")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="About n03")).to_be_focused()
    assert page.url.startswith(older)
    # So does the browser's own way back.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    shows(page, "About n02")
    page.go_back()
    expect(page.get_by_role("link", name="About n02")).to_be_focused()
    # What is done there leads on to the next line.
    page.keyboard.press("Enter")
    shows(page, "About n02")
    page.keyboard.press("e")
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    expect(page.get_by_role("link", name="About n01")).to_be_focused()
    assert page.url.startswith(older)


def test_what_is_done_on_the_page_keeps_the_way_back(page: Page, talk: list[Message]) -> None:
    Thread.objects.update(has_attachments=True)
    page.goto("/inbox/?filter=attachments")
    page.get_by_role("link", name="Offer").click()
    shows(page, "Offer")
    page.locator("details.sharing summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share with the team")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Share with the team").click()
    expect(page.get_by_text("The team can read this conversation now.")).to_be_visible()
    assert page.url.endswith("/?filter=attachments&in=inbox")
    page.locator(".letter").last.get_by_text("More for this message").locator("..").click()
    page.get_by_role("button", name="Move to a new conversation").click()
    expect(page.get_by_text("This message is a conversation of its own now.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The messages are where they were.")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.wait_for_url("**/inbox/?filter=attachments*")
