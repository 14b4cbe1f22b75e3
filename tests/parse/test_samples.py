"""Every sample mail is read as tests/mail/expected.toml says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sync.parse import Mailbox, ParsedMessage, parse_headers, parse_message

MAIL = Path(__file__).parent.parent / "mail"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (MAIL / "expected.toml").read_text(encoding="utf-8")
)


def shown(mailboxes: list[Mailbox]) -> list[str]:
    return [f"{each.name} <{each.address}>".strip() for each in mailboxes]


def facts(message: ParsedMessage) -> dict[str, Any]:
    headers = message.headers
    return {
        "quality": message.quality,
        "notes": list(message.notes),
        "subject": headers.subject,
        "from": shown(headers.from_),
        "to": shown(headers.to),
        "to_count": len(headers.to),
        "cc": [each.address for each in headers.cc],
        "message_id": headers.message_id,
        "date": headers.date.isoformat() if headers.date else "",
        "references": list(headers.references),
        "auto_submitted": headers.auto_submitted,
        "list_id": headers.list_id,
        "text": message.text,
        "snippet": message.snippet,
        "html": message.html,
        "attachments": [
            f"{each.section} {each.name} {each.content_type}" for each in message.attachments
        ],
        "inline": [each.content_id for each in message.attachments if each.inline],
    }


# What a sample need not repeat.
USUAL: dict[str, Any] = {
    "notes": [],
    "to": ["Sales <sales@crm.example>"],
    "message_id": "m1@firma.example",
    "date": "2024-01-15T09:30:00+00:00",
    "references": [],
    "auto_submitted": False,
    "inline": [],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_reads_the_sample(name: str) -> None:
    found = facts(parse_message((MAIL / f"{name}.eml").read_bytes()))
    wanted = USUAL | EXPECTED[name]
    if "to_count" in wanted:
        del wanted["to"]
    pieces = {key[:-4]: wanted.pop(key) for key in list(wanted) if key.endswith("_has")}
    assert {key: found[key] for key in wanted} == wanted
    for key, several in pieces.items():
        assert [each for each in several if each not in found[key]] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_reads_the_same_headers_alone(name: str) -> None:
    raw = (MAIL / f"{name}.eml").read_bytes()
    assert parse_headers(raw) == parse_message(raw).headers


def test_it_has_an_expectation_for_every_sample() -> None:
    samples = {path.stem for path in MAIL.glob("*.eml")}
    assert samples == set(EXPECTED)
    assert len(samples) >= 60


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_says_what_has_to_be_in_every_expectation(name: str) -> None:
    keys = EXPECTED[name].keys()
    assert {"quality", "from", "attachments"} <= keys
    assert {"text", "text_has"} & keys
    assert {"subject", "subject_has"} & keys
