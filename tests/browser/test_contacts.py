"""Contacts as a person keeps them, on a desktop and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contacts import import_work
from contacts.models import Contact, Upload
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PATIENCE = 30_000


@pytest.fixture(params=SIZES)
def sized(page: Page, request: pytest.FixtureRequest) -> Page:
    width, height = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return page


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than the screen."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_a_contact_is_added_completed_merged_and_deleted(
    sized: Page, annas_account: Account
) -> None:
    page = sized
    receive(annas_account, mail("one", "text", sender="Ewa <ewa@klient.example>"))
    Contact.objects.create(name="E. Żak").add_address("zak@klient.example")
    page.goto("/contacts/")
    page.get_by_role("link", name="Add contact").click()
    page.get_by_label("Name").fill("Ewa Żak")
    page.get_by_label("Organization").fill("Kwiaciarnia Łódź")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("heading", name="Ewa Żak")).to_be_visible()
    page.get_by_label("New address").fill("ewa@klient.example")
    page.get_by_label("New address").press("Enter")
    expect(page.get_by_role("link", name="About one")).to_be_visible()
    assert Thread.objects.get().from_contact
    assert fits(page)

    page.get_by_text("Merge with another contact").click()
    page.get_by_role("searchbox", name="Find contacts").fill("zak")
    page.get_by_role("searchbox", name="Find contacts").press("Enter")
    page.get_by_role("link", name="Merge with E. Żak…").click()
    expect(page.get_by_label("Ewa Żak")).to_be_checked()
    assert fits(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("are one contact now")).to_be_visible()
    expect(page.locator(".addresses li").first).to_contain_text("ewa@klient.example")
    page.get_by_role("button", name="Make main zak@klient.example").click()
    expect(page.locator(".addresses li").first).to_contain_text("zak@klient.example")
    page.get_by_role("button", name="Remove ewa@klient.example").click()
    expect(page.get_by_text("You have no mail with this contact.")).to_be_visible()

    page.get_by_role("link", name="Kwiaciarnia Łódź").click()
    expect(page.get_by_role("link", name="Ewa Żak")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Ewa Żak").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete contact").click()
    expect(page.get_by_text("Ewa Żak is no longer a contact.")).to_be_visible()
    assert not Contact.objects.exists()


def test_contacts_are_imported_with_progress_and_exported(sized: Page, tmp_path: Path) -> None:
    page = sized
    rows = "".join(f"Person {number};p{number}@firma.example\n" for number in range(600))
    file = tmp_path / "people.csv"
    file.write_text(f"Imię i nazwisko;E-mail\nŻaneta;nobody\n{rows}", encoding="cp1250")
    page.goto("/contacts/")
    page.get_by_role("link", name="Import").first.click()
    page.get_by_label("CSV or vCard file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="600 new contacts")).to_be_visible()
    expect(page.get_by_text("“nobody” is not an email address.")).to_be_visible()
    assert fits(page)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("0 of 601 rows")).to_be_visible()
    # What a worker does; the page hears of it without a reload.
    import_work.work(Upload.objects.get(), 60)
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible()
    expect(page.get_by_text("600 contacts imported")).to_be_visible()
    expect(page.get_by_text("“nobody” is not an email address.")).to_be_visible()
    page.get_by_role("link", name="Show all contacts").click()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="Previous page")).to_be_visible()
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="vCard, for phones and mail programs").click()
    assert download.value.path().read_text(encoding="utf-8").count("BEGIN:VCARD") == 600


def test_a_list_is_walked_by_keyboard(sized: Page) -> None:
    page = sized
    Contact.objects.create(name="Żółw").add_address("zolw@x.example")
    Contact.objects.create(name="Other")
    page.goto("/contacts/")
    page.get_by_role("searchbox", name="Find contacts").focus()
    page.keyboard.type("zol")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("Żół")
    expect(page.get_by_role("link", name="Other")).to_have_count(0)
    page.get_by_role("link", name="Żółw").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Żółw")).to_be_visible()
