"""Thousands of conversations at once: progress, a page that is left, undo of all of it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from crm_inbox.views import triage
from sync import bulk, tasks
from sync.models import Account, BulkAction, Thread
from tests.sync.many import make_threads

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def is_beside_its_words(toast: Locator) -> bool:
    """Whether the cross that closes it has no row of its own."""
    words = toast.locator("p").bounding_box()
    cross = toast.get_by_role("button", name="Close this message").bounding_box()
    assert words
    assert cross
    middle = cross["y"] + cross["height"] / 2
    return words["y"] <= middle <= words["y"] + words["height"] and cross["x"] > words["x"]


def test_all_that_match_are_archived_with_progress_and_come_back(
    page: Page, annas_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is this test, so that what a person sees meanwhile can be looked at."""
    monkeypatch.setattr(triage, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(tasks.bulk, "delay", lambda action: None)
    monkeypatch.setattr(bulk, "SLICE", 1000)
    make_threads(annas_account, 3000)
    page.goto("/inbox/")
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("All conversations on this page are selected.")).to_be_visible()
    page.get_by_label("Select all 3,000 in this view").check()
    expect(page.get_by_text("Selected: 3,000")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_text("Archiving: 1,000 of 3,000 conversations")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "33")

    page.goto("/archive/")
    expect(page.get_by_text("Archiving: 1,000 of 3,000 conversations")).to_be_visible()
    # What is said comes anew every second, and the keyboard stays where it was.
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    for _look in range(2):
        with page.expect_response("**/progress/**"):
            pass
    expect(undo).to_be_focused()
    tasks.bulk(str(BulkAction.objects.get().pk))
    expect(page.get_by_text("3,000 conversations archived.")).to_be_visible()
    expect(undo).to_be_focused()
    assert Thread.objects.filter(state=Thread.State.ARCHIVED).count() == 3000

    page.keyboard.press("z")
    expect(page.get_by_text("Putting back: 1,000 of 3,000 conversations")).to_be_visible()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert is_beside_its_words(page.locator(".toast"))
    tasks.bulk(str(BulkAction.objects.get().pk))
    expect(page.get_by_text("3,000 conversations are as they were.")).to_be_visible()
    expect(page.get_by_text("The archive is empty")).to_be_visible()
    assert Thread.objects.filter(state=Thread.State.INBOX).count() == 3000
