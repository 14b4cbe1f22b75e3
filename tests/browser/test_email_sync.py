"""Email sync as people use it: by what they see, on a desktop and on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from contacts.models import Contact
from sync import deleting, inquiries, removing
from sync.models import Account, Inquiry, LedgerEntry, Message
from tests.imap.dovecot import PASSWORD
from tests.sync.mailbox import Mailbox

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db(transaction=True),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PATIENCE = 30_000


@pytest.fixture(params=SIZES)
def anna(page: Page, annas_account: Account, request: pytest.FixtureRequest) -> Page:
    """Signed in, with nothing connected but what a test connects."""
    annas_account.delete()
    width, height = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return page


@pytest.fixture
def synced(anna: Page, mailbox: Mailbox) -> Mailbox:
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    mailbox.deliver("new")
    mailbox.deliver("old", days=20)
    mailbox.deliver("ewa", days=21, sender="ewa@klient.example")
    mailbox.first_sync()
    return mailbox


def answer(anna: Page, asked: Callable[[], object]) -> None:
    """Do what asks a question; then a worker answers it."""
    asked()
    anna.wait_for_load_state()
    for _ in range(600):
        waiting = list(Inquiry.objects.filter(state=Inquiry.State.WAITING))
        if waiting:
            break
        anna.wait_for_timeout(100)
    assert waiting
    for inquiry in waiting:
        inquiries.answer(inquiry.pk)


def accessible(anna: Page) -> None:
    found = Axe().run(anna).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found] == []


def test_past_emails_are_previewed_then_synced(anna: Page, synced: Mailbox) -> None:
    anna.goto("/email-sync/")
    expect(anna.get_by_label("Everyone")).to_be_hidden()
    answer(anna, lambda: anna.get_by_label("How far back").select_option(label="1 month"))
    expect(anna.get_by_text("This would come:")).to_be_visible()
    figures = anna.locator(".preview .figures")
    expect(figures).to_contain_text("2")
    answer(anna, lambda: anna.get_by_label("Only my contacts").check())
    expect(figures.locator("dd").first).to_have_text("1")
    accessible(anna)
    anna.get_by_role("button", name="Sync", exact=True).click()
    expect(anna.get_by_role("button", name="Pause")).to_be_visible()
    # The card comes anew every two seconds, and the keyboard stays where it was.
    pause = anna.get_by_role("button", name="Pause")
    pause.focus()
    for _look in range(2):
        with anna.expect_response(lambda response: response.url.endswith(f"/{synced.account.pk}/")):
            pass
    expect(pause).to_be_focused()
    anna.keyboard.press("Enter")
    expect(anna.get_by_text("Past emails are paused")).to_be_visible()
    expect(anna.get_by_role("button", name="Resume")).to_be_focused()
    anna.keyboard.press("Enter")
    expect(pause).to_be_focused()
    synced.sync()
    expect(anna.get_by_text("Only my contacts: since")).to_be_visible()
    assert synced.letters == ["ewa", "new"]


def test_a_missing_message_is_found_and_fetched(anna: Page, synced: Mailbox) -> None:
    LedgerEntry.objects.filter(state="stored").delete()
    Message.objects.all().delete()
    anna.goto("/email-sync/")
    answer(anna, lambda: anna.get_by_role("button", name="Check now").click())
    expect(anna.get_by_text("3 on the server, 0 here, 2 left out, 1 missing")).to_be_visible()
    accessible(anna)
    anna.get_by_role("button", name="Fetch the missing message").click()
    expect(anna.get_by_text("1 message is being fetched")).to_be_visible()
    synced.sync()
    answer(anna, lambda: anna.get_by_role("button", name="Check now").click())
    expect(anna.get_by_text("3 on the server, 1 here, 2 left out, 0 missing")).to_be_visible()
    answer(anna, lambda: anna.get_by_role("button", name="Older than what was synced: 2").click())
    expect(anna.get_by_role("heading", name="Letter old")).to_be_visible()
    accessible(anna)


def test_a_message_is_explained_imported_and_opened(anna: Page, synced: Mailbox) -> None:
    anna.goto("/email-sync/")
    anna.get_by_label("Sender, subject or Message-ID").fill("letter old")
    answer(anna, lambda: anna.get_by_role("button", name="Search the mailbox").click())
    expect(anna.get_by_text("It is older than the period that was synced.")).to_be_visible()
    anna.get_by_role("button", name="Import it").click()
    expect(anna.get_by_text("It is known and waits to be fetched")).to_be_visible()
    synced.sync()
    anna.get_by_role("link", name="Open the conversation").click()
    expect(anna.get_by_role("heading", name="Letter old")).to_be_visible()


def test_what_was_deleted_asks_before_it_comes_back(anna: Page, synced: Mailbox) -> None:
    deleting.bury([Message.objects.get().pk])
    anna.goto("/email-sync/")
    anna.get_by_label("Sender, subject or Message-ID").fill("<new@mail.example>")
    answer(anna, lambda: anna.get_by_role("button", name="Search the mailbox").click())
    anna.get_by_role("button", name="Import it").click()
    expect(anna.get_by_role("heading", name="Bring back what you deleted?")).to_be_visible()
    # The page that asks for itself again leaves the question alone.
    anna.wait_for_timeout(2500)
    accessible(anna)
    anna.get_by_role("button", name="Bring it back").click()
    expect(anna.get_by_text("On its way")).to_be_visible()
    synced.sync()
    expect(anna.get_by_role("link", name="Open the conversation")).to_be_visible()
    assert synced.letters == ["new"]


def test_an_account_is_paused_resumed_and_removed(anna: Page, synced: Mailbox) -> None:
    anna.goto("/email-sync/")
    menu = anna.locator(".mailbox-menu summary")
    menu.click()
    anna.get_by_role("button", name="Pause sync").click()
    expect(anna.get_by_text("Paused by you")).to_be_visible()
    accessible(anna)
    anna.get_by_role("button", name="Resume sync").last.click()
    expect(anna.get_by_text("Paused by you")).to_be_hidden()
    menu.click()
    anna.get_by_role("link", name="Remove the account…").click()
    expect(anna.get_by_text("1 conversation, also from the archive")).to_be_visible()
    accessible(anna)
    anna.get_by_role("button", name="Remove the account").click()
    expect(anna.get_by_text("Being removed: its mail goes within minutes")).to_be_visible()
    removing.remove_some(synced.account.pk, 60)
    expect(anna.get_by_text("No mail account is connected")).to_be_visible()


def test_the_wizard_tests_the_connection_and_keeps_what_was_typed(
    anna: Page, mailbox: Mailbox
) -> None:
    mailbox.account.delete()
    mailbox.dovecot.add_folder(mailbox.name, "Klienci")
    mailbox.deliver("work", "Klienci")
    anna.goto("/email-sync/")
    anna.get_by_role("link", name="Add account").click()
    expect(anna.get_by_label("Your email address")).to_be_focused()
    anna.keyboard.type("me@crm.example")
    anna.keyboard.press("Enter")
    expect(anna.get_by_label("Password or app password")).to_be_focused()
    anna.wait_for_load_state()
    anna.get_by_label("User name").fill(mailbox.name)
    anna.get_by_label("IMAP server").fill(mailbox.dovecot.host)
    anna.get_by_label("Port").fill(str(mailbox.dovecot.port))
    anna.get_by_label("Security").select_option(label="Not encrypted")
    anna.get_by_label("Password or app password").fill("wrong")
    test = anna.get_by_role("button", name="Test connection")
    refused = anna.get_by_text("refused the user name or the password")
    expect(anna.get_by_text("Testing the connection…")).to_be_hidden()
    test.press("Enter")
    expect(refused).to_be_visible()
    expect(test).to_be_focused()
    anna.get_by_label("Password or app password").fill(PASSWORD)
    # Dovecot answers late after a wrong password; the old answer is not shown as the new one.
    test.press("Enter")
    expect(anna.get_by_text("Testing the connection…")).to_be_visible()
    expect(refused).to_be_hidden()
    expect(anna.get_by_text("The connection works.")).to_be_visible()
    accessible(anna)
    anna.get_by_role("button", name="Continue").click()
    expect(anna.get_by_text("Only my contacts")).to_be_hidden()
    anna.get_by_label("Klienci").check()
    expect(anna.get_by_label("Sync emails with specific labels…")).to_be_checked()
    accessible(anna)
    anna.get_by_role("button", name="Start the first sync").click()
    anna.wait_for_url("**/inbox/**")
    anna.goto("/email-sync/")
    expect(anna.get_by_text("When it is done, past emails can be synced too")).to_be_visible()
    expect(anna.get_by_text("Sync past emails")).to_be_hidden()
    mailbox.account = Account.objects.get()
    mailbox.sync()
    expect(anna.get_by_role("heading", name="Sync past emails")).to_be_visible()
    assert mailbox.letters == ["work"]
