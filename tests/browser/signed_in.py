"""A person who has signed in, in a real browser on the site itself."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from sync.models import Account, Message
from tests.site.conftest import make_account, receive
from tests.sync.mailbox import letter


@pytest.fixture
def annas_account(transactional_db: None) -> Account:
    anna = User.objects.create_user("anna", password="open sesame")
    return make_account(anna, "me@crm.example")


@pytest.fixture
def page(annas_account: Account, chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = chromium.new_context(base_url=live_server.url, locale="en")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/sign-in/")
    # The machine may be busy with other things.
    page.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)
    page.get_by_label("User name or email address").fill("anna")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**")
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def talk(page: Page, annas_account: Account) -> list[Message]:
    """Two messages of one conversation and one of another."""
    first = letter("first", subject="Offer", text="The first words")
    answer = letter("answer", subject="Re: Offer", references="<first@mail.example>")
    other = letter("other", subject="Prices", sender="ewa@klient.example")
    return [receive(annas_account, raw, n) for n, raw in enumerate((first, answer, other), 1)]


def shows(page: Page, title: str) -> None:
    """The page that people went to is there, with what listens to keys."""
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_load_state()
