"""Language, appearance and time zone belong to the person, in whatever browser."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from crm_inbox.profiles import Profile
from sync.models import Account, Thread
from tests.site.conftest import mail, make_account, receive


@pytest.fixture
def other_browser(anna: User) -> Client:
    browser = Client()
    browser.force_login(anna)
    return browser


def test_the_language_follows_the_person_and_nobody_else(
    client: Client, other_browser: Client, anna: User
) -> None:
    answer = client.post("/settings/", {"language": "pl"}, headers={"Referer": "/inbox/"})
    assert answer["Location"] == "/inbox/"
    assert "Odebrane" in other_browser.get("/inbox/").content.decode()
    assert other_browser.get("/inbox/")["Content-Language"] == "pl"
    jan = Client()
    jan.force_login(User.objects.create_user("jan"))
    assert "Inbox" in jan.get("/inbox/").content.decode()


def test_the_appearance_follows_the_person(client: Client, other_browser: Client) -> None:
    client.post("/settings/", {"appearance": "dark"})
    assert 'data-appearance="dark"' in other_browser.get("/inbox/").content.decode()


def test_the_door_remembers_what_was_chosen(client: Client) -> None:
    client.post("/settings/", {"appearance": "dark"})
    client.post("/settings/", {"language": "pl"})
    client.post("/sign-out/")
    door = client.get("/sign-in/").content.decode()
    assert 'data-appearance="dark"' in door
    assert 'lang="pl"' in door


def test_the_zone_is_the_browsers_at_first_and_then_the_persons(
    client: Client, other_browser: Client, account: Account
) -> None:
    receive(account, mail("one", "text"), 1)
    Thread.objects.update(last_message_at=datetime(2026, 6, 1, 10, 30, tzinfo=UTC))
    client.cookies["timezone"] = "Asia/Tokyo"
    assert "Monday, 1 June 2026, 19:30" in client.get("/inbox/").content.decode()
    other_browser.cookies["timezone"] = "America/New_York"
    assert "Monday, 1 June 2026, 19:30" in other_browser.get("/inbox/").content.decode()
    page = other_browser.get("/settings/").content.decode()
    assert "This browser is in America/New_York." in page
    other_browser.post(
        "/settings/", {"language": "en", "appearance": "system", "time_zone": "Europe/Warsaw"}
    )
    assert "Monday, 1 June 2026, 12:30" in client.get("/inbox/").content.decode()


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../../etc/passwd", ""])
def test_a_zone_that_is_none_is_no_zone(client: Client, anna: User, zone: str) -> None:
    client.cookies["timezone"] = zone
    assert client.get("/inbox/").status_code == 200
    assert not Profile.objects.exists()


@pytest.mark.parametrize("choice", [{"language": "xx"}, {"appearance": "pink"}])
def test_only_what_is_offered_can_be_chosen(client: Client, choice: dict[str, str]) -> None:
    assert client.post("/settings/", choice).status_code == 200
    assert not Profile.objects.exists()


def test_the_account_is_switched_for_all_lists(client: Client, account: Account) -> None:
    other = make_account(account.owner, "sales@crm.example")
    receive(account, mail("mine", "text"), 1)
    receive(other, mail("sales", "text"), 1)
    assert "All accounts" in client.get("/inbox/").content.decode()
    page = client.get(f"/inbox/?account={other.pk}").content.decode()
    assert "About sales" in page
    assert "About mine" not in page
    assert f'href="/archive/?account={other.pk}"' in page
    assert f'<input type="hidden" name="account" value="{other.pk}">' in page
