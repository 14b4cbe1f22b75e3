"""Mail that means harm, in the page itself: nothing runs, nothing is fetched, nothing moves."""

from __future__ import annotations

import base64
from email.header import Header

import pytest
from playwright.sync_api import Dialog, Page, Request

from sync.models import Account, Message
from tests.hostile import FIELDS, HOSTILE, LOADING
from tests.site.conftest import mail, receive

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]
# What the page around a mail looks like, without how tall the mail is.
_AROUND = """() => {
  const box = (what) => {
    const {left, top, width} = document.querySelector(what).getBoundingClientRect();
    return [what, left, top, width];
  };
  return JSON.stringify([
    ["h1", "#people", "iframe.mail", ".rail"].map(box),
    document.querySelectorAll("iframe, dialog[open], :popover-open").length,
    [...document.querySelectorAll(".shell *")].length,
    document.title.replace(/\\(.*?\\)/, ""),
    window.ran ?? null,
  ]);
}"""


class Watch:
    """What the browser asked for, and what ran or opened."""

    def __init__(self, page: Page, origin: str) -> None:
        self.asked: list[str] = []
        self.opened: list[str] = []
        self._origin = origin
        page.context.on("request", self._note)
        page.on("dialog", self._dialog)
        page.on("popup", self._popup)

    def _dialog(self, dialog: Dialog) -> None:
        self.opened.append(dialog.message)
        dialog.dismiss()

    def _popup(self, popup: Page) -> None:
        self.opened.append(popup.url)
        popup.close()

    def _note(self, request: Request) -> None:
        ours = request.url.startswith(self._origin)
        if not ours or request.is_navigation_request() or "/attachments/" in request.url:
            self.asked.append(request.url.removeprefix(self._origin))

    def since(self) -> tuple[list[str], list[str]]:
        found = self.asked, self.opened
        self.asked, self.opened = [], []
        return found


def receive_html(account: Account, html: str, number: int) -> Message:
    """A mail whose HTML arrives byte for byte, under a subject that is always the same."""
    body = base64.encodebytes(html.encode()).decode()
    return receive(
        account,
        f"From: Jan <jan@firma.example>\r\nTo: me@crm.example\r\nSubject: Offer\r\n"
        f"Message-ID: <h{number}@x.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{body}\r\n".encode(),
        number,
    )


def see(page: Page, message: Message, query: str = "") -> str:
    page.goto(f"/conversations/{message.thread_id}/")
    frame = page.locator("iframe.mail")
    page.locator("iframe.mail.is-fitted").wait_for(timeout=30_000)
    if query:
        page.evaluate(
            "([url]) => { const frame = document.querySelector('iframe.mail');"
            " frame.classList.remove('is-fitted'); frame.src = url; }",
            [f"/messages/{message.pk}/frame/{query}"],
        )
        page.locator("iframe.mail.is-fitted").wait_for(timeout=30_000)
    # Long enough for what starts late: animations, refreshes, errors of pictures.
    page.wait_for_timeout(60)
    assert frame.count() == 1
    return str(page.evaluate(_AROUND))


def test_there_is_harm_of_every_kind() -> None:
    assert len(HOSTILE) + len(FIELDS) >= 110


@pytest.mark.timeout(900)
def test_nothing_runs_and_nothing_is_fetched(page: Page, annas_account: Account) -> None:
    origin = page.url.partition("/inbox")[0]
    harmless = see(page, receive_html(annas_account, "<p>Hello</p>", 1))
    watch = Watch(page, origin)
    harm: dict[str, object] = {}
    for number, (name, html) in enumerate(HOSTILE.items(), 2):
        message = receive_html(annas_account, f"<p>Hello</p>{html}", number)
        around = see(page, message)
        asked, opened = watch.since()
        expected = [f"/conversations/{message.thread_id}/", f"/messages/{message.pk}/frame/"]
        height = page.locator("iframe.mail").bounding_box()
        assert height
        held = page.locator(".remote-images").count()
        if asked != expected or opened or (around != harmless and not held):
            harm[name] = (asked, opened, around)
        if height["height"] > 30_000:
            harm[f"{name}: tall"] = height
        harm |= {f"{name}: link": link for link in _wrong_links(page)}
    assert harm == {}


def _wrong_links(page: Page) -> list[list[str]]:
    """Links lead elsewhere in a window of their own, or nowhere; these do not."""
    links = page.frame_locator("iframe.mail").locator("a[href]")
    found = links.evaluate_all("all => all.map((one) => [one.href, one.target, one.rel])")
    return [
        link
        for link in found
        if not link[0].startswith("https://") or link[1:] != ["_blank", "noopener noreferrer"]
    ]


@pytest.mark.timeout(900)
def test_with_images_shown_nothing_but_images_is_fetched(
    page: Page, annas_account: Account
) -> None:
    kinds: dict[str, set[str]] = {}
    page.context.route("http://spy.example/**", lambda route: route.abort())
    asked: list[Request] = []
    page.context.on("request", lambda request: asked.append(request))
    for number, (name, html) in enumerate(LOADING.items(), 2):
        asked.clear()
        see(page, receive_html(annas_account, html, number), "?images=1")
        kinds[name] = {one.resource_type for one in asked if "spy.example" in one.url}
        assert page.evaluate("window.ran ?? null") is None
    assert {name: kind for name, kind in kinds.items() if kind - {"image"}} == {}
    # The test sees what is asked for at all.
    assert kinds["picture"] == {"image"}


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_a_header_are_text(page: Page, annas_account: Account, name: str) -> None:
    subject, sender, text = FIELDS[name]
    watch = Watch(page, page.url.partition("/inbox")[0])
    raw = mail("field", text, sender=f"{Header(sender, 'utf-8').encode()} <jan@firma.example>")
    raw = raw.replace(b"About field", Header(subject, "utf-8").encode().encode())
    message = receive(annas_account, raw)
    page.goto("/inbox/")
    page.goto(f"/conversations/{message.thread_id}/")
    page.get_by_text("Details").click()
    page.wait_for_timeout(60)
    asked, opened = watch.since()
    assert (asked, opened) == (["/inbox/", f"/conversations/{message.thread_id}/"], [])
    assert page.evaluate("window.ran ?? null") is None
    assert page.locator("h1").inner_text() == subject
