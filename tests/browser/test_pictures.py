"""Every page in pictures, in two sizes, themes and languages: .build/pictures, to be looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from sync.models import Account
from tests.browser.pictures import content, pages
from tests.browser.pictures.camera import FOLDER, Camera, Picture
from tests.sync.mailbox import Mailbox

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db(transaction=True),
]

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def camera(chromium: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Camera]:
    settings.ROOT_URLCONF = "tests.browser.pictures.addresses"
    context = chromium.new_context(
        base_url=live_server.url, locale="en", timezone_id="Europe/Warsaw", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Camera(page)
    context.close()


@pytest.mark.timeout(900)
def test_every_page_has_pictures_without_flaws(
    camera: Camera, mailbox: Mailbox, settings: Settings
) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    anna, piotr = content.people()
    annas, piotrs = _session(anna), _session(piotr)
    page = camera.page
    _become(page, piotrs)
    camera.take(pages.first_run())
    shown = content.fill(mailbox, anna, piotr)
    _become(page, annas)
    for part in (pages.mail, pages.conversations, pages.keeping, pages.syncing):
        camera.take(part(shown))
    camera.take(pages.personal())
    settings.ADMIN_READS_MAIL = True
    camera.take(pages.administration(shown))
    Account.objects.update(port=1)
    camera.take(pages.unreachable(shown))
    _become(page, piotrs)
    camera.take(pages.colleagues(shown))
    _become(page, _session(piotr))
    camera.take([Picture("second-step", "/sign-in/second-step/")])
    _become(page, "")
    camera.take(pages.door(shown))
    camera.take(pages.new_password(anna))
    settings.EMAIL_HOST = "mail.demo.example"
    camera.take([Picture("forgotten-by-mail", "/password/forgotten/")])
    assert [*camera.flaws, *camera.untranslated()] == []
    assert camera.visited == {*_names(get_resolver("crm_inbox.urls"))} - pages.NO_PAGES


def _session(user: User) -> str:
    client = Client(HTTP_USER_AGENT=_BROWSER)
    client.post("/sign-in/", {"login": user.get_username(), "password": content.PASSWORD})
    # What changes the sign-in itself asks once more.
    client.post("/account/confirm/", {"password": content.PASSWORD})
    return client.cookies["sessionid"].value


def _become(page: Page, session: str) -> None:
    """Somebody else, or nobody; what the page before still asks is refused to nobody."""
    page.goto("about:blank")
    page.context.clear_cookies()
    cookie = {"name": "sessionid", "value": session, "domain": "localhost", "path": "/"}
    page.context.add_cookies([cookie])  # type: ignore[list-item]


def _names(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield one.name or ""
        elif one.namespace != "admin":
            yield from _names(one)
