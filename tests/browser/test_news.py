"""New mail comes in without a reload, and moves nothing that people are at."""

import pytest
from playwright.sync_api import Page, expect

from sync import moving
from sync.models import Account, Run, Thread
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_new_mail_comes_in_at_the_top_and_is_counted(page: Page, annas_account: Account) -> None:
    receive(annas_account, mail("old", "text"), 1)
    page.goto("/inbox/")
    expect(page).to_have_title("(1) Inbox \u2013 CRM Inbox")
    receive(annas_account, mail("new", "text"), 2)
    expect(page.locator(".conversation").first).to_contain_text("About new")
    expect(page).to_have_title("(2) Inbox \u2013 CRM Inbox")
    expect(page.get_by_role("link", name="Inbox 2 unread")).to_be_visible()


def test_a_selection_is_kept_and_new_mail_waits_behind_a_pill(
    page: Page, annas_account: Account
) -> None:
    for number in range(1, 4):
        receive(annas_account, mail(f"old{number}", "text"), number)
    page.goto("/inbox/")
    page.get_by_label("Select “About old2”").check()
    receive(annas_account, mail("new1", "text"), 4)
    receive(annas_account, mail("new2", "text"), 5)
    pill = page.get_by_role("button", name="2 new conversations")
    expect(pill).to_be_visible()
    expect(page.locator(".conversation")).to_have_count(3)
    pill.click()
    expect(page.locator(".conversation")).to_have_count(5)
    expect(page.locator(".conversation").first).to_contain_text("About new2")
    expect(page.get_by_label("Select “About old2”")).to_be_checked()
    expect(page.get_by_text("Selected: 1")).to_be_visible()
    expect(pill).to_be_hidden()
    page.keyboard.press("e")
    expect(page.get_by_role("link", name="About old2")).to_be_hidden()


def test_what_is_being_read_does_not_move(page: Page, annas_account: Account) -> None:
    for number in range(1, 51):
        receive(annas_account, mail(f"n{number:02}", "text"), number)
    page.goto("/inbox/")
    page.mouse.wheel(0, 700)
    page.wait_for_function("() => window.scrollY > 400")
    line = page.locator(".conversation", has_text="About n25")
    before = line.bounding_box()
    receive(annas_account, mail("new", "text"), 60)
    pill = page.get_by_role("button", name="1 new conversation")
    expect(pill).to_be_visible()
    assert line.bounding_box() == before
    pill.click()
    expect(page.locator(".conversation").first).to_contain_text("About new")
    expect(page.locator(".conversation").first).to_be_in_viewport()


def test_what_another_tab_does_shows_here(page: Page, annas_account: Account) -> None:
    thread = receive(annas_account, mail("one", "text"), 1).thread
    page.goto("/inbox/")
    moving.move(annas_account.owner, Thread.objects.filter(pk=thread.pk), Thread.State.ARCHIVED)
    expect(page.get_by_text("All done")).to_be_visible()


def test_the_dot_and_the_progress_of_a_first_sync(page: Page, annas_account: Account) -> None:
    from sync import runs

    page.goto("/inbox/")
    expect(page.locator("#sync-dot")).to_contain_text("up to date")
    run = runs.start_first_sync(annas_account)
    expect(page.locator("#sync-dot")).to_contain_text("syncing")
    expect(page.get_by_text("The first sync of me@crm.example is running")).to_be_visible()
    Run.objects.filter(pk=run.pk).update(listed_at=run.created_at)
    runs.finish(run)
    expect(page.get_by_text("The first sync of me@crm.example is running")).to_be_hidden()


def test_a_hidden_tab_asks_nothing(page: Page, annas_account: Account) -> None:
    page.goto("/inbox/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("() => Object.defineProperty(document, 'hidden', { value: true })")
    page.wait_for_timeout(5_000)
    seen = len(asked)
    page.wait_for_timeout(5_000)
    assert len(asked) == seen
    assert seen <= 1
