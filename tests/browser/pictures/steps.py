"""What a person does on a page before it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page


def press(*selectors: str, then: str = "") -> Callable[[Page], None]:
    """Click one after the other; `then` is what has to be seen before the picture is taken."""

    def prepare(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).locator("visible=true").first.click()
        if then:
            page.locator(then).first.wait_for()

    return prepare


def see(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.wait_for()


def archived(page: Page) -> None:
    page.locator(".conversation .tick input").nth(5).check()
    press("button[value=archived]", then=".toast")(page)


def look_at_file(page: Page) -> None:
    press("[data-preview]", then="#sheet img[src]")(page)
    page.wait_for_function("document.querySelector('#sheet img').naturalWidth > 0")


def all_troubles(page: Page) -> None:
    """The bars of which a page shows one at a time."""
    page.evaluate(
        "for (const id of Object.values(BARS)) document.getElementById(id).hidden = false"
    )


def folded(page: Page) -> None:
    page.evaluate("document.documentElement.dataset.rail = 'folded'")


def complete(page: Page) -> None:
    page.get_by_role("combobox").fill("f")
    page.get_by_role("option").first.wait_for()


def wrong_address(page: Page) -> None:
    page.locator("#main input[name=address]").fill("nobody")
    press("#main .button-main", then="#main .error")(page)


def refused(page: Page) -> None:
    page.locator("form.card details > summary").click()
    page.locator("#main input[name=host]").fill("127.0.0.1")
    page.locator("#main input[name=port]").fill("1")
    page.locator("#main input[name=password]").fill("secret")
    press("#main button[name=test]", then="#tested .notice-danger")(page)


def wrong_password(page: Page) -> None:
    for box in page.locator("#main input[type=password]").all():
        box.fill("123")
    press("#main .button-main", then="#main [aria-invalid=true]")(page)


def wrong_sign_in(page: Page) -> None:
    page.locator("input[name=login]").fill("nobody")
    page.locator("input[name=password]").fill("123")
    press("button.button-main", then=".notice-danger")(page)


def password_link(page: Page) -> None:
    press("form[action*=password-link] button", then=".hand-over")(page)


def invited(page: Page) -> None:
    page.locator("input[name=email]").fill("ewa@demo.example")
    press("#main .button-main", then=".hand-over")(page)
