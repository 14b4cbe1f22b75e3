"""Passkeys in a real browser with an authenticator that Chromium plays; and the account's pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from crm_inbox.invitations import Invitation

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
ACCOUNT_PAGES = [
    "/account/",
    "/account/password/",
    "/account/sessions/",
    "/account/passkeys/",
    "/account/passkeys/add/",
    "/account/app/add/",
    "/account/codes/",
    "/team/",
    "/shared/",
]


@pytest.fixture
def authenticator(page: Page) -> None:
    """A key with a fingerprint reader, on which a finger lies."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page, alone: bool) -> None:
    page.goto("/account/passkeys/add/")
    page.get_by_label("Password").fill("open sesame")
    page.get_by_role("button", name="Confirm").click()
    if alone:
        page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.get_by_role("button", name="Sign out").click()


@pytest.mark.usefixtures("authenticator")
def test_a_passkey_alone_signs_in(page: Page) -> None:
    add_passkey(page, alone=True)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/inbox/**")


@pytest.mark.usefixtures("authenticator")
def test_a_passkey_is_the_second_step_after_the_password(page: Page) -> None:
    add_passkey(page, alone=False)
    sign_out(page)
    page.get_by_label("User name or email address").fill("anna")
    page.get_by_label("Password").fill("open sesame")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/inbox/**")


def test_a_passkey_that_is_not_there_is_said_in_words(page: Page) -> None:
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no key'))")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")


@pytest.mark.usefixtures("authenticator")
def test_axe_finds_nothing_on_the_pages_of_the_account(page: Page) -> None:
    anna = User.objects.get(username="anna")
    User.objects.update(is_superuser=True, is_staff=True)
    User.objects.create_user("ewa", "ewa@crm.example")
    _, token = Invitation.make("jan@crm.example", anna, administrator=True)
    add_passkey(page, alone=True)
    page.emulate_media(reduced_motion="reduce")
    for size, theme in (((1440, 900), "light"), ((390, 844), "dark")):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for path in ACCOUNT_PAGES:
            assert broken(page, path) == [], (path, theme)
    page.context.clear_cookies()
    doors = ["/sign-up/", "/password/forgotten/", f"/invitations/{token}/", "/invitations/x/"]
    for path in doors:
        assert broken(page, path) == [], path


def broken(page: Page, path: str) -> list[str]:
    page.goto(path)
    return [rule["id"] for rule in Axe().run(page).response["violations"]]
