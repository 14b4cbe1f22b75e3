"""Actions show at once; one that the site refuses comes back with its reason, in words."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from crm_inbox.sessions import Session
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def inbox(page: Page, annas_account: Account) -> Page:
    """Three conversations, of which two are selected."""
    for number, name in enumerate(("third", "second", "first"), 1):
        receive(annas_account, mail(name, "text"), number)
    page.goto("/inbox/")
    page.get_by_label("Select “About first”").check()
    page.get_by_label("Select “About third”").check()
    return page


def expect_all_is_as_it_was(page: Page) -> None:
    expect(page.locator(".conversation:visible")).to_have_count(3)
    expect(page.get_by_label("Select “About first”")).to_be_checked()
    expect(page.get_by_label("Select “About third”")).to_be_checked()
    expect(page.get_by_label("Select “About second”")).not_to_be_checked()
    expect(page.get_by_text("Selected: 2")).to_be_visible()
    assert not Thread.objects.exclude(state=Thread.State.INBOX).exists()


def test_an_action_shows_before_the_site_has_answered(inbox: Page) -> None:
    held: list[Route] = []
    inbox.route("**/inbox/move/**", lambda route: held.append(route))
    inbox.keyboard.press("e")
    expect(inbox.locator(".conversation:visible")).to_have_count(1)
    expect(inbox.get_by_role("button", name="Archive")).to_be_hidden()
    inbox.wait_for_function("() => true")
    assert not Thread.objects.exclude(state=Thread.State.INBOX).exists()
    held[0].continue_()
    expect(inbox.get_by_text("2 conversations archived.")).to_be_visible()
    assert Thread.objects.filter(state=Thread.State.ARCHIVED).count() == 2


def test_a_lost_connection_is_said_and_nothing_is_lost(inbox: Page) -> None:
    inbox.context.set_offline(True)
    inbox.get_by_role("button", name="Archive").click()
    expect(inbox.get_by_text("The site cannot be reached, so the conversations")).to_be_visible()
    expect(inbox.get_by_text("The connection to the site is lost.")).to_be_visible()
    expect_all_is_as_it_was(inbox)
    inbox.context.set_offline(False)
    expect(inbox.get_by_text("The connection to the site is lost.")).to_be_hidden()
    inbox.get_by_role("button", name="Archive").click()
    expect(inbox.get_by_text("2 conversations archived.")).to_be_visible()


def test_an_ended_sign_in_is_said_and_nothing_is_lost(inbox: Page) -> None:
    Session.objects.all().delete()
    inbox.get_by_role("button", name="Mark as read").click()
    expect(inbox.get_by_text("Nothing has changed: your sign-in has ended.")).to_be_visible()
    expect_all_is_as_it_was(inbox)
    expect(inbox.locator(".is-unread")).to_have_count(3)
    inbox.get_by_role("link", name="Sign in again").click()
    expect(inbox.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_ended_sign_in_is_said_before_anybody_acts(inbox: Page) -> None:
    Session.objects.all().delete()
    expect(inbox.get_by_text("Your sign-in has ended.", exact=False).first).to_be_visible()
    expect_all_is_as_it_was(inbox)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "Nothing has changed: the site has answered with an error."),
        (403, "Nothing has changed: this page is out of date."),
    ],
)
def test_an_error_is_said_and_nothing_is_lost(inbox: Page, status: int, said: str) -> None:
    inbox.route("**/inbox/move/**", lambda route: route.fulfill(status=status, body="<html>"))
    inbox.get_by_role("button", name="Delete").click()
    inbox.get_by_role("button", name="Move to the trash").click()
    expect(inbox.get_by_text(said)).to_be_visible()
    expect_all_is_as_it_was(inbox)
    inbox.get_by_role("button", name="Close this message").click()
    expect(inbox.get_by_text(said)).to_be_hidden()


def test_the_sites_own_reason_is_shown(inbox: Page) -> None:
    inbox.get_by_role("button", name="Archive").evaluate("button => button.value = 'nowhere'")
    inbox.get_by_role("button", name="Archive").click()
    expect(inbox.get_by_text("There is no such action.")).to_be_visible()
    expect_all_is_as_it_was(inbox)


def test_an_undo_that_is_refused_can_be_tried_again(inbox: Page) -> None:
    inbox.keyboard.press("e")
    expect(inbox.get_by_text("2 conversations archived.")).to_be_visible()
    inbox.context.set_offline(True)
    inbox.get_by_role("button", name="Undo").click()
    expect(inbox.get_by_text("The site cannot be reached")).to_be_visible()
    inbox.context.set_offline(False)
    inbox.keyboard.press("z")
    expect(inbox.get_by_text("2 conversations are as they were.")).to_be_visible()
    expect(inbox.locator(".conversation:visible")).to_have_count(3)


def test_where_people_are_stays_in_front_of_them(page: Page, annas_account: Account) -> None:
    for number in range(1, 51):
        receive(annas_account, mail(f"n{number:02}", "text"), number)
    page.goto("/inbox/")
    for number in (50, 49, 48, 20):
        page.get_by_label(f"Select “About n{number}”").check()
    page.mouse.wheel(0, 900)
    page.wait_for_function("() => window.scrollY > 600")
    place = "() => document.getElementById('%s').getBoundingClientRect().top"
    kept = page.get_by_role("link", name="About n15").locator("xpath=ancestor::li")
    where = place % kept.get_attribute("id")
    before = page.evaluate(where)
    page.route("**/inbox/move/**", lambda route: route.fulfill(status=500))
    page.keyboard.press("e")
    expect(page.get_by_text("Nothing has changed")).to_be_visible()
    assert abs(page.evaluate(where) - before) < 2, json.dumps(before)
