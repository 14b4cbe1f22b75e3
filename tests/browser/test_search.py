"""Searching by keyboard, and marking what was found as unread."""

import pytest
from playwright.sync_api import Page, expect

from sync import searching
from sync.models import Account
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_a_search_by_keyboard_finds_marks_and_is_triaged(
    page: Page, annas_account: Account
) -> None:
    receive(annas_account, mail("zoo", "W zoo są żółwie."), 1)
    receive(annas_account, mail("work", "nothing of interest"), 2)
    while searching.index_batch():
        pass
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search mail")).to_be_focused()
    page.keyboard.type("zolw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(page.locator("mark")).to_have_text("żółw")
    expect(page.get_by_role("link", name="About work")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="About zoo")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("1 conversation marked as unread.")).to_be_visible()
    expect(page.get_by_role("link", name="Unread: About zoo")).to_be_visible()


def test_an_operator_is_offered_and_put_in(page: Page, annas_account: Account) -> None:
    search = page.get_by_role("searchbox", name="Search mail")
    search.fill("offer")
    page.get_by_role("button", name="has:attachment").click()
    expect(search).to_have_value("offer has:attachment ")
    expect(search).to_be_focused()
