"""Selecting, archiving, deleting and undoing, as a person does it with mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact
from sync import moving
from sync.models import Account, Thread
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
EWA = "Ewa <ewa@klient.example>"


def test_one_is_archived_and_comes_back_by_undo(page: Page, annas_account: Account) -> None:
    receive(annas_account, mail("first", "text"), 1)
    receive(annas_account, mail("second", "text"), 2)
    page.reload()
    expect(page.get_by_role("button", name="Archive")).to_be_hidden()
    page.get_by_label("Select “About first”").check()
    expect(page.get_by_text("Selected: 1")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    expect(page.get_by_role("link", name="About first")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="About first")).to_be_visible()


def test_the_cleanup_leaves_received_mail_from_contacts_only(
    page: Page, annas_account: Account
) -> None:
    """Filter, archive all that match, delete the rest, bring the archive back."""
    Contact.objects.create(name="Ewa").add_address("ewa@klient.example")
    for number in range(1, 61):
        receive(annas_account, mail(f"known{number}", "text", sender=EWA), number)
    receive(annas_account, mail("stranger", "text"), 61)
    page.goto("/inbox/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_role("link", name="From existing contact").click()
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("Selected: 50")).to_be_visible()
    strip = page.get_by_label("that match “From existing contact”")
    strip.check()
    expect(page.get_by_text("Selected: 60")).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("60 conversations archived.")).to_be_visible()

    page.goto("/inbox/")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Delete").click()
    sure = page.get_by_role("dialog", name="Move to the trash?")
    expect(sure).to_contain_text("Conversations: 1")
    expect(sure).to_contain_text("Your mailbox at the provider is not touched")
    sure.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("All done")).to_be_visible()

    page.get_by_role("link", name="Archive").click()
    page.get_by_label("Select all on this page").check()
    page.get_by_label("in this view").check()
    page.get_by_role("button", name="Unarchive").click()
    expect(page.get_by_text("60 conversations moved to the inbox.")).to_be_visible()
    inbox = Thread.objects.filter(state=Thread.State.INBOX)
    assert inbox.count() == inbox.filter(from_contact=True).count() == 60


def test_everything_works_by_keyboard(page: Page, annas_account: Account) -> None:
    for number, name in enumerate(("third", "second", "first"), 1):
        receive(annas_account, mail(name, "text"), number)
    page.reload()
    for key in ("j", "j", "x", "e"):
        page.keyboard.press(key)
    expect(page.get_by_text("1 conversation archived.")).to_be_visible()
    expect(page.get_by_role("link", name="About second")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_role("link", name="About second")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("j")
    page.keyboard.press("#")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="About")).to_be_visible()


def test_a_question_is_answered_by_keyboard(page: Page, annas_account: Account) -> None:
    for number, name in enumerate(("second", "first"), 1):
        receive(annas_account, mail(name, "text"), number)
    page.reload()
    for key in ("j", "j", "#"):
        page.keyboard.press(key)
    yes = page.get_by_role("button", name="Move to the trash")
    expect(yes).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    expect(yes).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    # What is behind the question is out of reach, and a no leaves all as it was.
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="About second")).to_be_focused()
    expect(page.get_by_label("Select “About second”")).not_to_be_checked()
    expect(page.get_by_text("1 conversation archived.")).to_have_count(0)
    page.keyboard.press("#")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 conversation moved to the trash.")).to_be_visible()
    expect(page.get_by_role("link", name="About second")).to_have_count(0)
    expect(page.get_by_role("link", name="About first")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_focused()
    # The list comes anew meanwhile.
    receive(annas_account, mail("third", "text"), 3)
    expect(page.get_by_role("link", name="About third")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("link", name="About first")).to_be_focused()


def test_the_keyboard_stays_at_its_line(page: Page, annas_account: Account) -> None:
    for number in range(1, 5):
        receive(annas_account, mail(f"n{number}", "text"), number)
    page.goto("/inbox/?filter=unread")
    at = {name: page.get_by_role("link", name=f"About {name}") for name in ("n1", "n2", "n3", "n4")}
    for key in ("j", "u"):
        page.keyboard.press(key)
    expect(page.get_by_text("They are marked so already.")).to_be_visible()
    expect(at["n4"]).to_be_focused()
    # What was read matches no more; somebody else takes the next one away.
    page.keyboard.press("r")
    expect(at["n4"]).to_have_count(0)
    expect(at["n3"]).to_be_focused()
    others = Thread.objects.filter(subject="About n3")
    moving.move(annas_account.owner, others, Thread.State.ARCHIVED)
    expect(at["n3"]).to_have_count(0)
    expect(at["n2"]).to_be_focused()
    # Each z undoes one more of what was done.
    for key in ("e", "e"):
        page.keyboard.press(key)
    expect(page.get_by_text("Nothing matches the filter")).to_be_visible()
    page.keyboard.press("z")
    expect(at["n1"]).to_be_visible()
    expect(at["n2"]).to_have_count(0)
    page.keyboard.press("z")
    expect(at["n2"]).to_be_visible()


def test_what_cannot_be_undone_needs_more_than_enter(page: Page, annas_account: Account) -> None:
    thread = receive(annas_account, mail("lost", "text"), 1).thread
    Thread.objects.filter(pk=thread.pk).update(state=Thread.State.TRASHED)
    page.goto("/trash/")
    for key in ("j", "#"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="About lost")).to_be_focused()


def test_shift_selects_a_range(page: Page, annas_account: Account) -> None:
    for number in range(1, 7):
        receive(annas_account, mail(f"n{number}", "text"), number)
    page.reload()
    page.get_by_label("Select “About n5”").click()
    page.get_by_label("Select “About n2”").click(modifiers=["Shift"])
    expect(page.get_by_text("Selected: 4")).to_be_visible()
    all_of_them = page.get_by_label("Select all on this page")
    assert all_of_them.evaluate("box => box.indeterminate")
    all_of_them.check()
    all_of_them.press("Enter")
    expect(page.get_by_text("Selected: 6")).to_be_visible()
    all_of_them.uncheck()
    expect(page.get_by_role("button", name="Archive")).to_be_hidden()


def test_a_deleted_conversation_is_restored_from_the_trash(
    page: Page, annas_account: Account
) -> None:
    thread = receive(annas_account, mail("lost", "text"), 1).thread
    page.goto(f"/conversations/{thread.pk}/")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("1 conversation moved to the trash.")).to_be_visible()
    page.get_by_role("link", name="Trash").click()
    page.get_by_label("Select “About lost”").check()
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("link", name="Inbox", exact=False).first.click()
    expect(page.get_by_role("link", name="About lost")).to_be_visible()
