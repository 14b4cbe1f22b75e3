"""What may be shown of a mail's HTML."""

import pytest

from crm_inbox.quoting import split_quoted
from crm_inbox.sanitize import has_remote_images, sanitize


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>bold</b>", "<b>bold</b>"),
        ("<script>x</script>after", "after"),
        ("<style>p{}</style>after", "after"),
        ('<img src="x" onerror="alert(1)">', '<img src="x">'),
        ('<img src="cid:logo">', '<img src="/attachments/7/">'),
        ('<img src="cid:unknown">', "<img>"),
        ('<img src="data:text/html;base64,AA">', "<img>"),
        ('<img src="data:image/png;base64,AA">', '<img src="data:image/png;base64,AA">'),
        ('<iframe src="https://x.example"></iframe>', ""),
        ('<base href="https://x.example">', ""),
    ],
)
def test_it_keeps_what_is_harmless(html: str, shown: str) -> None:
    assert sanitize(html, {"logo": "/attachments/7/"}) == shown


def test_links_open_elsewhere_and_tell_nothing() -> None:
    link = sanitize('<a href="https://x.example/">here</a>', {})
    assert 'target="_blank"' in link
    assert 'rel="noopener noreferrer"' in link


@pytest.mark.parametrize(
    ("text", "target", "marked"),
    [
        ("bank.example", "https://evil.example/", True),
        ("https://www.bank.example/login", "https://bank.example.evil.example/", True),
        ("www.bank.example", "https://bank.example/", False),
        ("bank.example", "https://login.bank.example/", False),
        ("Click here", "https://evil.example/", False),
    ],
)
def test_a_link_that_shows_another_address_is_marked(text: str, target: str, marked: bool) -> None:
    assert ("leads to" in sanitize(f'<a href="{target}">{text}</a>', {})) is marked


@pytest.mark.parametrize(
    ("html", "remote"),
    [
        ('<img src="https://x.example/a.gif">', True),
        ("<img src='//x.example/a.gif'>", True),
        ('<td style="background: url(http://x.example/a.gif)">', True),
        ('<img src="cid:logo">', False),
        ('<a href="https://x.example">', False),
    ],
)
def test_it_knows_images_from_elsewhere(html: str, remote: bool) -> None:
    assert has_remote_images(html) is remote


def test_quoted_text_is_told_from_new_text() -> None:
    text = "Yes.\n\n> a question\n> goes on\n\nAnd no.\n\nOn Fri, 20 Nov 2026 Jan wrote:\nold"
    pieces = list(split_quoted(text))
    assert [quoted for quoted, _ in pieces] == [False, True, False, True]
    assert pieces[3][1].endswith("old")
