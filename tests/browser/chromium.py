"""A headless Chromium, Debian's own."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.components import program


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright runs a loop in this thread until the end, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        # Its own sandbox needs what containers and root do not have.
        browser = playwright.chromium.launch(
            executable_path=program("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()
