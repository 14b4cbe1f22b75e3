"""Forms keep what was typed when they are refused, and leave the rest of their page alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from crm_inbox.sessions import Session
from sync.models import Account, Label
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ewa() -> Contact:
    contact = Contact.objects.create(name="Ewa")
    contact.add_address("ewa@klient.example")
    return contact


def test_a_refused_contact_is_mended_where_it_is(page: Page, ewa: Contact) -> None:
    page.goto("/contacts/add/")
    page.get_by_label("Name").fill("Jan Żak")
    addresses = page.get_by_label("Email addresses, one a line")
    addresses.fill("jan@x.example\newa@klient.example")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("alert")).to_have_text("“ewa@klient.example” already belongs to Ewa.")
    expect(addresses).to_be_focused()
    expect(addresses).to_have_accessible_description("“ewa@klient.example” already belongs to Ewa.")
    expect(page.get_by_label("Name")).to_have_value("Jan Żak")
    addresses.fill("jan@x.example")
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_role("heading", name="Jan Żak")).to_be_visible()
    expect(page.get_by_text("Jan Żak is a contact now.")).to_be_visible()


def test_an_ended_sign_in_takes_nothing_that_was_typed(page: Page, annas_account: Account) -> None:
    page.goto("/contacts/add/")
    page.get_by_label("Name").fill("Jan Żak")
    Session.objects.all().delete()
    page.get_by_role("button", name="Add contact").click()
    expect(page.get_by_text("Nothing has changed: your sign-in has ended.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Jan Żak")


def test_a_search_beside_a_form_leaves_it_alone(page: Page, ewa: Contact) -> None:
    page.goto("/contacts/add/?address=e@klient.example&next=/inbox/")
    page.get_by_label("Name").fill("Jan Żak")
    page.get_by_role("searchbox", name="Find contacts").fill("ewa")
    expect(page.get_by_role("button", name="Add to Ewa")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Jan Żak")
    Contact.objects.create(name="Jan").add_address("e@klient.example")
    page.get_by_role("button", name="Add to Ewa").click()
    expect(page.get_by_text("“e@klient.example” already belongs to Jan.")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Jan Żak")


def test_each_form_of_a_contact_leaves_the_others_alone(
    page: Page, ewa: Contact, annas_account: Account
) -> None:
    receive(annas_account, mail("one", "text", sender="Ewa <e@nowy.example>"))
    Contact.objects.create(name="Jan").add_address("jan@x.example")
    page.goto(f"/contacts/{ewa.pk}/")
    name, address = page.get_by_label("Name"), page.get_by_label("New address")
    name.fill("Ewa Żak")
    address.fill("jan@x.example")
    address.press("Enter")
    expect(page.get_by_text("“jan@x.example” already belongs to Jan.")).to_be_visible()
    expect(address).to_have_value("jan@x.example")
    address.fill("e@nowy.example")
    address.press("Enter")
    expect(page.locator(".addresses")).to_contain_text("e@nowy.example")
    expect(page.get_by_role("link", name="About one")).to_be_visible()
    expect(address).to_have_value("")
    expect(name).to_have_value("Ewa Żak")
    page.get_by_role("button", name="Make main e@nowy.example").click()
    expect(page.locator(".addresses li").first).to_contain_text("e@nowy.example")
    expect(name).to_have_value("Ewa Żak")
    address.fill("half@")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Ewa Żak", level=1)).to_be_visible()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(address).to_have_value("half@")
    assert Contact.objects.get(pk=ewa.pk).name == "Ewa Żak"


def test_a_file_that_cannot_be_read_stays_chosen(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"\x00")
    page.goto("/contacts/import/")
    page.get_by_label("CSV or vCard file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This is neither a CSV file")
    assert page.evaluate("document.getElementById('file').files[0].name") == "people.csv"


def test_columns_are_chosen_in_place(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Who;E-mail\nEwa;ewa@klient.example\n")
    page.goto("/contacts/import/")
    page.get_by_label("CSV or vCard file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Who").select_option(label="Name")
    page.get_by_role("button", name="Update the preview").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#judged")).to_contain_text("Ewa")
    expect(page.get_by_role("button", name="Update the preview")).to_be_focused()
    expect(page.get_by_label("Who")).to_have_value("name")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("1 contact imported")).to_be_visible()
    assert Contact.objects.get().name == "Ewa"


def test_columns_are_seen_before_they_are_imported(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name;Who;E-mail\nEwa;Klient;ewa@klient.example\n")
    page.goto("/contacts/import/")
    page.get_by_label("CSV or vCard file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Who").select_option(label="Organization")
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("alert")).to_contain_text("You changed the columns.")
    expect(page.locator("#judged")).to_contain_text("Klient")
    expect(page.get_by_label("Who")).to_have_value("organization")
    assert not Contact.objects.exists()
    expect(page.get_by_role("button", name="Import")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 contact imported")).to_be_visible()
    assert str(Contact.objects.get().organization) == "Klient"
    page.get_by_role("link", name="Import another file").click()
    expect(page.get_by_label("CSV or vCard file")).to_be_visible()


def test_a_password_that_does_not_work_is_mended_not_typed_again(
    page: Page, annas_account: Account
) -> None:
    page.goto(f"/email-sync/{annas_account.pk}/password/")
    page.get_by_label("New password or app password").fill("open seasme")
    page.locator("summary", has_text="Server:").click()
    page.get_by_label("IMAP server").fill("127.0.0.1")
    page.get_by_label("Port").fill("1")
    page.locator("summary", has_text="Server:").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).not_to_contain_text("enter it once more")
    expect(page.get_by_label("New password or app password")).to_have_value("open seasme")
    expect(page.get_by_label("Port")).to_have_value("1")
    expect(page.get_by_label("Port")).to_be_visible()


def test_a_choice_of_labels_that_lacks_one_stays(page: Page, annas_account: Account) -> None:
    for name in ("Klienci", "Oferty"):
        Label.objects.create(
            account=annas_account, name=name, raw_name=name.encode(), kind=Label.Kind.FOLDER
        )
    page.goto(f"/email-sync/{annas_account.pk}/labels/")
    page.get_by_label("Sync emails with specific labels…").check()
    page.get_by_label("Find a label").fill("ofe")
    page.get_by_role("button", name="Start the first sync").click()
    expect(page.get_by_role("alert")).to_have_text("Pick at least one label, or sync all emails.")
    expect(page.get_by_label("Sync emails with specific labels…")).to_be_checked()
    expect(page.get_by_label("Find a label")).to_have_value("ofe")
    expect(page.get_by_label("Klienci")).to_be_hidden()


def test_pausing_an_account_leaves_the_rest_of_its_card_alone(
    page: Page, annas_account: Account
) -> None:
    Account.objects.update(first_sync_done_at="2026-11-01T00:00Z")
    page.goto("/email-sync/")
    words = page.get_by_label("Sender, subject or Message-ID")
    words.fill("offer")
    page.locator(".mailbox-menu summary").click()
    page.get_by_role("button", name="Pause sync").click()
    expect(page.get_by_text("Paused by you")).to_be_visible()
    expect(words).to_have_value("offer")
    page.get_by_role("button", name="Resume sync").first.click()
    expect(page.get_by_text("Paused by you")).to_be_hidden()
    expect(words).to_have_value("offer")


def test_what_the_page_cannot_do_is_said_in_a_sheet_too(page: Page, annas_account: Account) -> None:
    thread = receive(annas_account, mail("one", "text", sender="Ewa <ewa@klient.example>")).thread
    page.goto(f"/conversations/{thread.pk}/")
    page.get_by_role("link", name="Create contact").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Ewa Żak")
    page.route("**/people/**", lambda route: route.fulfill(status=500, body="<html>"))
    page.get_by_role("button", name="Create contact").click()
    expect(page.get_by_text("the site has answered with an error. Try again.")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_have_value("Ewa Żak")
