"""Choosing labels in a mailbox that has many."""

import pytest
from playwright.sync_api import Page, expect

from sync.models import Account, Label

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_labels_are_found_by_a_part_of_their_names(page: Page, annas_account: Account) -> None:
    for name in ("Klienci/Żółw", "Klienci/Acme", "Faktury"):
        Label.objects.create(
            account=annas_account, kind=Label.Kind.FOLDER, name=name, raw_name=name.encode()
        )
    page.goto(f"/email-sync/{annas_account.pk}/labels/")
    expect(page.get_by_role("group", name="Folders")).to_be_visible()
    page.get_by_label("Faktury").check()
    words = page.get_by_label("Find a label")
    words.fill("zolw")
    expect(page.get_by_label("Klienci/Żółw")).to_be_visible()
    expect(page.get_by_label("Klienci/Acme")).to_be_hidden()
    words.fill("nothing like it")
    expect(page.get_by_text("No label is named like that.")).to_be_visible()
    words.fill("")
    words.press("Enter")
    expect(page.get_by_label("Faktury")).to_be_checked()
    expect(page.get_by_label("Klienci/Acme")).to_be_visible()
