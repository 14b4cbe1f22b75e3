"""Every page passes axe, in both themes, on a desktop and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.contrib.auth.models import User
from playwright.sync_api import Page

from contacts import import_work
from contacts.models import Contact, Organization, Upload
from crm_inbox.profiles import Profile
from crm_inbox.views.helping import TOPICS
from sync import searching
from sync.models import Account, Attachment, TrustedSender
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def paths(annas_account: Account) -> list[str]:
    """Every page, with something on it, and those that are empty."""
    ewa = Contact.objects.create(name="Ewa")
    ewa.add_addresses(["ewa@klient.example", "zak@klient.example"])
    ewa.organization = Organization.objects.create(name="Klient")
    ewa.save()
    other = Contact.objects.create(name="Other")
    table = b"Name,Email\nEwa,ewa@klient.example\nNew,new@x.example\nBad,nobody\n"
    uploads = [Upload.take(annas_account.owner, "people.csv", table) for _kind in range(3)]
    for upload in uploads[1:]:
        upload.begin("leave")
    import_work.work(uploads[1], 60)
    message = receive(
        annas_account, mail("one", "text > quoted", sender="Ewa <ewa@klient.example>")
    )
    html = receive(annas_account, mail("two", "<p>Hello</p>", "text/html"), 2)
    Attachment.objects.create(
        message=html, section="2", name="a.pdf", content_type="application/pdf", size=1
    )
    while searching.index_batch():
        pass
    TrustedSender.objects.create(owner=annas_account.owner, address="jan@firma.example")
    User.objects.create_user("ola", "ola@crm.example")
    User.objects.filter(username="anna").update(is_superuser=True, is_staff=True)
    pk = annas_account.pk
    return [
        *(
            "/inbox/",
            "/archive/",
            "/sent/",
            "/trash/",
            "/settings/",
            "/search/?q=one",
            "/search/?q=before:soon",
        ),
        *(f"/conversations/{row.thread_id}/" for row in (message, html)),
        f"/conversations/{html.thread_id}/others/",
        *("/shared/", "/images/", "/team/", "/account/", "/account/sessions/"),
        *("/account/passkeys/", "/account/passkeys/add/", "/account/app/add/"),
        *("/account/password/", "/account/codes/new/"),
        *("/contacts/", "/contacts/?words=none", f"/contacts/{ewa.pk}/?words=a"),
        *(
            "/contacts/add/?address=jan@firma.example&words=ewa",
            "/help/",
            "/help/clean-up/",
            "/contacts/import/",
        ),
        *(
            "/organizations/",
            "/organizations/?words=none",
            f"/organizations/{ewa.organization_id}/",
        ),
        *(f"/contacts/{other.pk}/merge/?with={ewa.pk}", f"/contacts/import/{uploads[0].pk}/"),
        *(f"/contacts/import/{upload.pk}/report/" for upload in uploads[1:]),
        *("/search/?q=one&order=best", "/search/?q=quotd"),
        *(f"/help/{slug}/" for slug in TOPICS),
        *("/email-sync/", "/email-sync/add/", f"/email-sync/{pk}/labels/"),
        *(f"/email-sync/{pk}/{name}/" for name in ("password", "completeness", "remove")),
    ]


@pytest.mark.parametrize(
    ("theme", "size", "language"),
    [
        ("light", "desktop", "en"),
        ("dark", "desktop", "en"),
        ("light", "phone", "en"),
        ("dark", "phone", "en"),
        ("dark", "phone", "pl"),
    ],
)
def test_axe_finds_nothing(
    page: Page, paths: list[str], theme: str, size: str, language: str
) -> None:
    Profile.objects.update(language=language)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    found = {path: _violations(page, path) for path in paths}
    assert {path: told for path, told in found.items() if told} == {}


def test_axe_finds_nothing_at_the_door(page: Page) -> None:
    page.context.clear_cookies()
    assert _violations(page, "/sign-in/") == []
    assert _violations(page, "/password/forgotten/") == []


def test_axe_finds_nothing_where_something_is_missing(page: Page, annas_account: Account) -> None:
    message = receive(annas_account, mail("one", "text"))
    page.goto("/nonsense/")
    page.get_by_role("heading", name="This page is not here").wait_for()
    assert _broken(page) == []
    page.goto(f"/messages/{message.pk}/original/")
    page.get_by_role("heading", name="Original message").wait_for()
    assert _broken(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_sheet(page: Page, paths: list[str], theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.goto(next(path for path in paths if "/others/" in path).removesuffix("others/"))
    for name in ("Create contact", "Add to existing contact"):
        page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first.click()
        page.get_by_role("dialog").get_by_role("heading", name=name).wait_for()
        assert _broken(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="hidden")
    page.locator(".conversation-head summary").click()
    assert _broken(page) == []
    page.get_by_role("link", name="Merge with another conversation").click()
    page.get_by_role("dialog").wait_for()
    assert _broken(page) == []


def test_axe_finds_nothing_at_what_comes_and_goes(
    page: Page, paths: list[str], annas_account: Account
) -> None:
    """Completions, a toast with its undo, the pill, a refusal, the keys, the folded menu."""
    # Half way into its place a toast has no contrast yet.
    page.emulate_media(reduced_motion="reduce")
    page.goto("/inbox/")
    page.get_by_role("combobox", name="Search mail").fill("f")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="from:").wait_for()
    assert _broken(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Fold the menu").click()
    page.get_by_label("Select “About one”").check()
    receive(annas_account, mail("new", "text"), 9)
    page.get_by_role("button", name="1 new conversation").wait_for()
    assert _broken(page) == []
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert _broken(page) == []
    page.context.set_offline(True)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The site cannot be reached").wait_for()
    page.context.set_offline(False)
    page.keyboard.press("?")
    assert _broken(page) == []


def test_axe_finds_nothing_where_something_is_selected(page: Page, paths: list[str]) -> None:
    page.goto("/inbox/")
    page.get_by_label("Select all on this page").check()
    assert _broken(page) == []
    page.get_by_role("button", name="Delete").click()
    assert _broken(page) == []


def _violations(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    return _broken(page)


def _broken(page: Page) -> list[str]:
    """Each broken rule with the elements that break it."""
    response = Axe().run(page).response
    return [
        f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'])}"
        for rule in response["violations"]
    ]
