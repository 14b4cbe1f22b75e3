"""A headless Chromium, Debian's own."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.components import program


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    # Until it ends, Playwright runs a loop in this thread. Django takes what runs beside it for
    # async code, with database connections of its own, and tests that fork would mix them up.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        # Its own sandbox needs what containers and root do not have.
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
