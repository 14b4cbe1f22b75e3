"""What may be shown of a mail's HTML."""

import time

import pytest

from crm_inbox.links import safe_target
from crm_inbox.quoting import split_quoted
from crm_inbox.sanitize import sanitize
from crm_inbox.styles import safe_style
from sync.parse.model import HTML_LIMIT


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>bold</b>", "<b>bold</b>"),
        ("<script>x</script>after", "after"),
        ("<style>p{}</style>after", "after"),
        ('<img src="x" onerror="alert(1)">', "<img>"),
        ('<img src="cid:logo">', '<img src="/attachments/7/">'),
        ('<img src="cid:unknown">', "<img>"),
        ('<img src="data:text/html;base64,AA">', "<img>"),
        ('<img src="data:image/png;base64,AA">', '<img src="data:image/png;base64,AA">'),
        ('<iframe src="https://x.example"></iframe>', ""),
        ('<base href="https://x.example">', ""),
    ],
)
def test_it_keeps_what_is_harmless(html: str, shown: str) -> None:
    assert sanitize(html, {"logo": "/attachments/7/"}).html == shown


def test_links_open_elsewhere_and_tell_nothing() -> None:
    link = sanitize('<a href="https://x.example/">here</a>', {}).html
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
        ("bank.example", "https://bank.example@evil.example/", True),
        ("Pay at https://bank.example now", "https://evil.example/", True),
        ("info@bank.example", "mailto:info@evil.example", True),
        ("b\u200bank.example", "https://evil.example/", True),
        ("\u202eelpmaxe.knab", "https://bank.example/", True),
        ("\uff42\uff41\uff4e\uff4b.example", "https://evil.example/", True),
        ("report.pdf", "https://files.example/r", False),
    ],
)
def test_a_link_that_shows_another_address_is_marked(text: str, target: str, marked: bool) -> None:
    assert ("leads to" in sanitize(f'<a href="{target}">{text}</a>', {}).html) is marked


@pytest.mark.parametrize(
    ("html", "remote"),
    [
        ('<img src="https://x.example/a.gif">', True),
        ("<img src='//x.example/a.gif'>", True),
        ('<p style="background: url(http://x.example/a.gif)">', True),
        ('<img src="cid:logo">', False),
        ('<a href="https://x.example">', False),
    ],
)
def test_it_knows_images_from_elsewhere(html: str, remote: bool) -> None:
    assert sanitize(html, {}).held_back is remote


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; position: fixed; top: 0", "color: red"),
        ("background: url(https://x.example/a.gif)", ""),
        ("background: u\\72l(https://x.example/a.gif)", ""),
        ("background: ur/**/l(https://x.example/a.gif)", ""),
        ("width: expression(alert(1))", ""),
        ("height: 100vh; min-height: 50DVH; width: 60%", "width: 60%"),
        ("height: 999999px", ""),
        ("height: 9e9px; width: 1.5em", "width: 1.5em"),
        ("color: #777777; background: #123456 none", "color: #777777; background: #123456 none"),
        ("color: #1e2345ff; height: #99999px", "color: #1e2345ff"),
        ("margin: -40px 0; padding: 4px", "padding: 4px"),
        ("behavior: url(x.htc); -moz-binding: url(x)", ""),
        ("font-family: 'A B', \"C\"; color: #fff", "font-family: 'A B', \"C\"; color: #fff"),
        ("font-family: 'A; position: fixed'; color: #fff", "color: #fff"),
        ("color: var(--x); content: attr(title)", ""),
    ],
)
def test_a_style_may_look_and_do_nothing_else(style: str, kept: str) -> None:
    assert safe_style(style, remote=False) == kept


def test_a_background_from_elsewhere_is_left_where_it_is_wanted() -> None:
    style = "background: #fff url('https://x.example/a.gif') no-repeat"
    assert safe_style(style, remote=True) == style


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("hTTps:evil.example\\@bank.example/x", "https://evil.example/@bank.example/x"),
        ("https:/\\evil.example", "https://evil.example"),
        ("java\tscript:alert(1)", None),
        ("//evil.example/", None),
        ("/sign-out/", None),
        ("#top", None),
        ("data:text/html,x", None),
        ("MAILTO:a@x.example", "MAILTO:a@x.example"),
    ],
)
def test_a_link_leads_where_browsers_take_it(href: str, target: str | None) -> None:
    assert safe_target(href) == target


def test_elements_without_end_in_each_other_are_shown_as_text_at_once() -> None:
    began = time.process_time()
    html = sanitize("<div>" * 200_000 + "Hello &lt;b&gt; you", {}).html
    assert "Hello &lt;b&gt; you" in html
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "html",
    [
        '<p style="' + "(" * 9_900 + '">x</p>',
        '<p style="width:' + "a" * 9_900 + '">x</p>',
        '<p style="background:' + "url(" * 2_400 + '">x</p>',
        "<a",
        "&",
        "x&x",
        '<a href="http://x.example/">' + "http:" * 400_000 + "</a>",
        '<a href="http://x.example/">' + "http:" * 1_900 + "</a>",
        '<a href="http://x.example/">www.' + "ż" * 2_000_000 + ".pl</a>",
        '<a href="http://x.example/">www.' + "ż" * 9_000 + ".pl</a>",
    ],
    ids=lambda html: html[:40],
)
def test_nothing_makes_it_take_long(html: str) -> None:
    """As much of it as is kept of a mail; whoever reads it would wait, and all others with them."""
    hostile = html * (HTML_LIMIT // len(html) or 1)
    began = time.process_time()
    mail = sanitize(hostile[:HTML_LIMIT], {}, remote=True)
    list(split_quoted(hostile[:HTML_LIMIT]))
    assert time.process_time() - began < 20
    assert "<script" not in mail.html


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; width: calc(1px", "color: red; width: calc(1px"),
        ('font-family: "A; position: fixed', ""),
        ("color: red; background: url(https://x.example/a.gif", "color: red"),
        ("width: (1px; position: fixed", ""),
    ],
)
def test_what_is_not_closed_lasts_to_the_end_of_a_style(style: str, kept: str) -> None:
    assert safe_style(style, remote=False) == kept


def test_quoted_text_is_told_from_new_text() -> None:
    text = "Yes.\n\n> a question\n> goes on\n\nAnd no.\n\nOn Fri, 20 Nov 2026 Jan wrote:\nold"
    pieces = list(split_quoted(text))
    assert [quoted for quoted, _ in pieces] == [False, True, False, True]
    assert pieces[3][1].endswith("old")
