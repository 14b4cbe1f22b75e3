"""Folding what people quote: text that is there already, some lines up."""

import pytest

from crm_inbox.quoting import fold_quoted, split_quoted
from crm_inbox.sanitize import sanitize

FOLDED = '<details><summary aria-label="Quoted text">…</summary>'


def folded(html: str) -> str:
    return fold_quoted(sanitize(html, {}).html)


def test_a_quotation_under_an_answer_is_folded() -> None:
    assert folded("<p>Yes.</p><blockquote>Will you?</blockquote><p>Ewa</p>") == (
        f"<p>Yes.</p>{FOLDED}<blockquote>Will you?</blockquote></details><p>Ewa</p>"
    )


def test_quotations_within_one_are_folded_with_it() -> None:
    inner = "<blockquote>Second<blockquote>First</blockquote></blockquote>"
    assert folded(f"Third{inner}") == f"Third{FOLDED}{inner}</details>"


def test_gmail_marks_its_quotations_by_a_class() -> None:
    quote = '<div class="gmail_quote"><div>On Monday Ewa wrote:</div>Hello</div>'
    sent = quote.replace("gmail_quote", "gmail_quote gmail_x")
    assert folded(f"<div>Hi</div>{sent}") == f"<div>Hi</div>{FOLDED}{quote}</details>"


def test_answers_between_the_lines_stay_to_be_read() -> None:
    quote = "<blockquote>Question?</blockquote>"
    assert folded(f"Hi{quote}Answer.{quote}More.") == (
        f"Hi{FOLDED}{quote}</details>Answer.{FOLDED}{quote}</details>More."
    )


@pytest.mark.parametrize("before", ["", "  ", "<div><br></div>"])
def test_a_message_that_is_all_quotation_is_left_open(before: str) -> None:
    html = sanitize(f"{before}<blockquote>Forwarded.</blockquote>", {}).html
    assert fold_quoted(html) == html


@pytest.mark.parametrize(
    "title",
    ["<blockquote>", "</blockquote>", '"><blockquote>', "<div class=gmail_quote>", "a > b"],
)
def test_what_looks_like_a_tag_within_an_attribute_is_none(title: str) -> None:
    value = title.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    html = sanitize(f'Hi <p title="{value}">x</p>', {}).html
    assert fold_quoted(html) == html


def test_an_element_that_is_never_closed_is_closed_by_the_sanitizer() -> None:
    assert folded("Hi<blockquote>open") == f"Hi{FOLDED}<blockquote>open</blockquote></details>"


@pytest.mark.parametrize(
    "introduction",
    [
        "Isla Garside <isla@oakhaven.example>:",
        "On Tue, 3 Nov 2026 at 10:00, Isla Garside\n<isla@oakhaven.example> wrote:",
        "wt., 3 lis 2026 o 10:00 Isla Garside <isla@oakhaven.example>\nnapisał(a):",
        "Isla Garside <isla@oakhaven.example>:\n",
        "Isla Garside\n<isla@oakhaven.example>:",
    ],
)
def test_the_line_that_says_whose_the_quotation_is_is_folded_with_it(introduction: str) -> None:
    pieces = list(split_quoted(f"Thank you.\nIsla\n\n{introduction}\n> Hello,\n> here it is."))
    assert [quoted for quoted, _ in pieces] == [False, True]
    assert pieces[0][1] == "Thank you.\nIsla"


@pytest.mark.parametrize(
    "line", ["You asked:", "Write to isla@oakhaven.example.", "My answers are below:"]
)
def test_what_somebody_writes_above_a_quotation_stays(line: str) -> None:
    pieces = list(split_quoted(f"Hello,\n\n{line}\n> When?\nTomorrow."))
    assert [quoted for quoted, _ in pieces] == [False, True, False]
    assert line in pieces[0][1]
