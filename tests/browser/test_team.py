"""A link that is shown once outlasts what else is done on the page of the team."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from crm_inbox.invitations import Invitation

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def team(page: Page) -> Page:
    anna = User.objects.get(username="anna")
    anna.is_superuser = True
    anna.save(update_fields=["is_superuser"])
    User.objects.create_user("piotr", "piotr@crm.example")
    Invitation.make("jan@crm.example", anna, administrator=False)
    page.goto("/team/")
    return page


def test_the_link_of_an_invitation_stays_until_that_one_is_withdrawn(team: Page) -> None:
    team.get_by_label("Their email address").fill("ewa@crm.example")
    team.get_by_role("button", name="Invite").click()
    link = team.locator("code")
    expect(link).to_contain_text("/invitations/")
    shown = link.inner_text()
    row = team.locator("#invited li")
    row.filter(has_text="jan@").get_by_role("button", name="Withdraw").click()
    expect(team.get_by_text("The invitation is withdrawn.")).to_be_visible()
    expect(row).to_have_count(1)
    team.get_by_role("button", name="End the access").click()
    expect(team.get_by_text("piotr can no longer sign in.")).to_be_visible()
    expect(link).to_have_text(shown)
    row.filter(has_text="ewa@").get_by_role("button", name="Withdraw").click()
    expect(link).to_have_count(0)
    expect(row).to_have_count(0)
    assert not Invitation.objects.exists()


def test_a_link_is_copied(team: Page) -> None:
    team.context.grant_permissions(["clipboard-read", "clipboard-write"])
    team.get_by_role("button", name="Make a password link").click()
    team.get_by_role("button", name="Copy the link").click()
    expect(team.get_by_role("button", name="Copied")).to_be_visible()
    assert team.evaluate("navigator.clipboard.readText()") == team.locator("code").inner_text()


def test_the_link_of_a_password_stays_while_its_person_may_come_in(team: Page) -> None:
    team.get_by_role("button", name="Make a password link").click()
    link = team.locator("code")
    expect(link).to_contain_text("/password/new/")
    team.get_by_role("button", name="Withdraw").click()
    expect(team.locator("#invited")).to_have_count(0)
    expect(link).to_be_visible()
    team.get_by_role("button", name="End the access").click()
    expect(team.get_by_text("cannot sign in")).to_be_visible()
    expect(link).to_have_count(0)
