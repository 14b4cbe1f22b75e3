"""contacts.addresses: one spelling for comparing, and lists as they are really written."""

from __future__ import annotations

import pytest

from contacts.addresses import normalise, parse_list


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("  Ewa.Lis@Firma.EXAMPLE ", "ewa.lis@firma.example"),
        ("a+tag@x.example", "a+tag@x.example"),
        ("Jo\u0301zef@x.example", "józef@x.example"),
        ("a@XN--BCHER-KVA.example", "a@bücher.example"),
        ("a@BÜCHER.example", "a@bücher.example"),
        ("a@x.example.", "a@x.example"),
        ("root@localhost", "root@localhost"),
        ('"John Doe"@x.example', '"john doe"@x.example'),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a..b@x.example", "a..b@x.example"),
        ("a@xn--\u017c.example", "a@xn--\u017c.example"),
    ],
)
def test_it_has_one_spelling(typed: str, normalised: str) -> None:
    assert normalise(typed) == normalised
    assert normalise(normalised) == normalised


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ewa",
        "@x.example",
        "ewa@",
        "a b@x.example",
        "a@x..example",
        "a@b@c.example",
        "<a@x.example>",
        "a\0@x.example",
        "a\udcff@x.example",
        "a@x.example, b@x.example",
        "a" * 400 + "@x.example",
        "a" * 5_000 + "@x.example",
    ],
)
def test_it_knows_what_is_no_address(typed: str) -> None:
    assert normalise(typed) == ""


@pytest.mark.parametrize(
    ("header", "entries"),
    [
        ("a@x.example", [("", "a@x.example")]),
        ("<a@x.example>", [("", "a@x.example")]),
        (
            'Ann <a@x.example>, "Doe, J." <j@x.example>',
            [("Ann", "a@x.example"), ("Doe, J.", "j@x.example")],
        ),
        ("Doe, John <j@x.example>", [("Doe, John", "j@x.example")]),
        ('"A \\"B\\" C" <a@x.example>', [('A "B" C', "a@x.example")]),
        ("a@x.example (Ann (the boss) Lee)", [("Ann Lee", "a@x.example")]),
        ("Team: Ann <a@x.example>, b@x.example;", [("Ann", "a@x.example"), ("", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("John Doe j@x.example", [("John Doe", "j@x.example")]),
        ("Mailer Daemon", [("Mailer Daemon", "")]),
        ("a@x.example,, ,b@x.example,", [("", "a@x.example"), ("", "b@x.example")]),
        ('"john doe"@x.example', [("", '"john doe"@x.example')]),
        ("Ann <a@x.example", [("Ann", "a@x.example")]),
        ("'Ann' <a@x.example> b", [("'Ann' b", "a@x.example")]),
        ("a@x.example <a@x.example>", [("a@x.example", "a@x.example")]),
        ("", []),
    ],
)
def test_it_reads_a_list(header: str, entries: list[tuple[str, str]]) -> None:
    assert parse_list(header) == entries
