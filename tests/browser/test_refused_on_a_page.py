"""What is done on the page of a conversation: a refusal is said there, and the page stays."""

import re

import pytest
from playwright.sync_api import Page, expect

from crm_inbox.sessions import Session
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def conversation(page: Page, annas_account: Account) -> Page:
    thread = receive(annas_account, mail("one", "text")).thread
    page.goto(f"/conversations/{thread.pk}/")
    return page


def expect_it_stays(page: Page) -> None:
    expect(page.get_by_role("heading", name="About one")).to_be_visible()
    assert Thread.objects.get().state == Thread.State.INBOX


def test_what_is_done_leads_on_and_is_said(conversation: Page) -> None:
    conversation.get_by_role("button", name="Archive").click()
    expect(conversation.get_by_text("1 conversation archived.")).to_be_visible()
    expect(conversation).to_have_url(re.compile("/inbox/$"))
    assert Thread.objects.get().state == Thread.State.ARCHIVED


def test_the_question_before_deleting_goes_with_it(conversation: Page) -> None:
    conversation.get_by_role("button", name="Delete").click()
    conversation.get_by_role("button", name="Move to the trash").click()
    expect(conversation.get_by_text("1 conversation moved to the trash.")).to_be_visible()


def test_a_lost_connection_is_said_and_it_can_be_tried_again(conversation: Page) -> None:
    conversation.context.set_offline(True)
    conversation.get_by_role("button", name="Archive").click()
    expect(conversation.get_by_text("The site cannot be reached. Try again")).to_be_visible()
    expect_it_stays(conversation)
    conversation.context.set_offline(False)
    conversation.get_by_role("button", name="Archive").click()
    expect(conversation.get_by_text("1 conversation archived.")).to_be_visible()


def test_an_ended_sign_in_is_said(conversation: Page) -> None:
    Session.objects.all().delete()
    conversation.get_by_role("button", name="Mark as unread").click()
    expect(conversation.get_by_text("Nothing has changed: your sign-in")).to_be_visible()
    expect_it_stays(conversation)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "Nothing has changed: the site has answered with an error. Try again."),
        (404, "Nothing has changed: this is no longer there."),
        (403, "Nothing has changed: this page is out of date."),
    ],
)
def test_an_error_is_said(conversation: Page, status: int, said: str) -> None:
    conversation.route("**/move/**", lambda route: route.fulfill(status=status, body="<html>"))
    conversation.get_by_role("button", name="Delete").click()
    conversation.get_by_role("button", name="Move to the trash").click()
    expect(conversation.get_by_text(said)).to_be_visible()
    expect_it_stays(conversation)


def test_another_conversation_that_is_gone_cannot_be_merged(
    conversation: Page, annas_account: Account
) -> None:
    other = receive(annas_account, mail("two", "text"), 2).thread
    conversation.locator(".conversation-head summary").click()
    conversation.get_by_role("link", name="Merge with another conversation").click()
    merge = conversation.get_by_role("button", name="Merge About two")
    expect(merge).to_be_visible()
    other.delete()
    merge.click()
    expect(conversation.get_by_text("this is no longer there")).to_be_visible()
    expect(conversation.get_by_role("dialog")).to_have_count(0)


def test_sharing_and_ending_it_are_said(conversation: Page) -> None:
    conversation.get_by_text("Only you").click()
    conversation.get_by_role("button", name="Share with the team").click()
    expect(conversation.get_by_text("The team can read this conversation now.")).to_be_visible()
