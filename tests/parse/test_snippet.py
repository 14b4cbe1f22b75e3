"""The line that lists show, and text made from HTML."""

from __future__ import annotations

import pytest

from sync.parse.plaintext import html_to_text, unflow
from sync.parse.snippet import make_snippet


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        ("", ""),
        ("Hello\n\nWorld", "Hello World"),
        ("> quoted\nAnswer", "Answer"),
        ("Answer\nOn Monday Jan\n<jan@x.example> wrote:\n> q", "Answer"),
        ("Tak.\n\nwt., 16 sty 2024 o 10:00 Jan <j@x.example> napisał(a):\n> q", "Tak."),
        ("Ja.\nAm 15.01.2024 um 10:30 schrieb Jan:\n> q", "Ja."),
        ("Ok\n________________________________\nFrom: Jan\nSent: Monday", "Ok"),
        ("Ok\nFrom: Jan <j@x.example>\nSent: Monday\nTo: me\n\nold", "Ok"),
        ("From: here to there\nis a title", "From: here to there is a title"),
        ("On balance we agree.\nOn Monday she wrote:\n", "On balance we agree."),
        ("Ok\n-- \nEwa Lis\nFirma", "Ok"),
        ("-----\n=====\nNews", "News"),
        ("See < https://x.example/a > now", "See now"),
        ("a\u200b \u200c\u200b b\ufeff", "a b"),
        ("👨\u200d👩\u200d👧 family", "👨\u200d👩\u200d👧 family"),
        ("> all\n> quoted", "all quoted"),
    ],
)
def test_it_shows_the_first_own_words(text: str, snippet: str) -> None:
    assert make_snippet(text) == snippet


def test_it_cuts_between_words() -> None:
    snippet = make_snippet("słowo " * 100)
    assert len(snippet) <= 200
    assert snippet.endswith("słowo…")


def test_it_looks_behind_a_long_quotation() -> None:
    assert make_snippet("> old words\n" * 1_000 + "My answer") == "My answer"


@pytest.mark.parametrize("before", range(18, 30))
def test_it_ends_at_a_quotation_wherever_that_begins(before: int) -> None:
    empty = "\n" * before
    for quotation in ("From: Jan\nSent: Monday\n", "On Monday Jan\n<j@x.example> wrote:\n"):
        assert make_snippet(f"{empty}Words\n{quotation}> old") == "Words"
        # The lines before reach as far as more words than a snippet has.
        assert "From" not in make_snippet(f"{'x' * 26}\n" * before + quotation + "old")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<td>a</td><td>b</td>", "a b"),
        ("<b>bo</b>ld", "bold"),
        ("a<style>b{}</STYLE >c<script>d</script>e", "ace"),
        ("<!-- no --><!--[if mso]><p>x</p><![endif]-->yes", "yes"),
        ("<head><title>t</title></head><body>b", "b"),
        ("a<style>never ends", "anever ends"),
        ("1 &lt; 2 &amp; 3 &#8364;", "1 < 2 & 3 €"),
        ("if a < b then", "if a < b then"),
        ("<header>a</header>b", "a\nb"),
        ("İ<style>x</style>y", "İy"),
    ],
)
def test_it_reads_html(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_it_joins_flowed_lines_but_no_signature() -> None:
    assert unflow("a \nb\n-- \nEwa", False) == "a b\n-- \nEwa"
    assert unflow(">> a \n>> b\n> c", False) == ">> a b\n> c"
    assert unflow(" >not quoted", False) == ">not quoted"
