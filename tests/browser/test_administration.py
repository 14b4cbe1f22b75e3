"""The administration's own pages pass axe and fit, in both themes, on a desktop and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import Page

from sync.models import Account, Hour
from tests.site.test_administration import failed_message

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_and_nothing_is_cut(
    page: Page, annas_account: Account, theme: str, width: int
) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    failed_message(annas_account)
    Account.objects.update(problem="throttled")
    Hour.add(messages=41, lag=3)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    account = f"/admin/sync/account/{annas_account.pk}"
    for address in ("/admin/state/", f"{account}/password/", f"{account}/remove/"):
        page.goto(address)
        broken = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in broken] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto(f"{account}/change/")
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Done for 1 account.").wait_for()
    annas_account.refresh_from_db()
    assert annas_account.state == Account.State.PAUSED
