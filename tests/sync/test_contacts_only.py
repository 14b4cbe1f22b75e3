"""Few contacts are asked of the server, many are looked for in the headers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contacts.models import Contact
from sync.wire.search import COMMAND_LIMIT
from tests.imap.fetching import is_in
from tests.imap.oddities import by_the_book
from tests.sync.mailbox import NOW, letter
from tests.sync.post import Post, post_of

pytestmark = pytest.mark.django_db(transaction=True)
EWA = "ewa@klient.example"


@pytest.fixture
def post() -> Iterator[Post]:
    """Old mail with a contact and with a stranger, not fetched yet."""
    with post_of(by_the_book) as post:
        for name, sender in (("with", EWA), ("without", "jan@firma.example")):
            post.provider.deliver(letter(name, sender=sender), NOW - timedelta(days=20))
        post.first_sync()
        post.provider.asked.clear()
        yield post


def know(*addresses: str) -> None:
    contact = Contact.objects.create(name="Ewa")
    for address in addresses:
        contact.add_address(address)


def asked_about(post: Post, name: str) -> list[str]:
    """Questions about a message's header or content."""
    inbox = post.provider.places[b"INBOX"].letters
    uid = next(uid for uid, one in inbox.items() if f"<{name}@".encode() in one.raw)
    fetches = [line for line in post.provider.asked if line.startswith("UID FETCH")]
    return [
        line for line in fetches if "BODY.PEEK" in line and is_in(uid, line.split()[2], max(inbox))
    ]


def test_the_server_is_asked_for_few_and_a_stranger_costs_neither_header_nor_body(
    post: Post,
) -> None:
    know(EWA, "other@klient.example")
    post.past_sync(1, "contacts")
    assert "with" in post.letters
    assert "without" not in post.letters
    assert any(f'FROM "{EWA}"' in line and "OR" in line for line in post.provider.asked)
    assert asked_about(post, "without") == []


@pytest.mark.parametrize(
    "others",
    [
        [f"e{number}@k.example" for number in range(50)],
        [f"{'e' * 60}{number}@{'k' * 60}.example" for number in range(20)],
    ],
    ids=["many", "long"],
)
def test_headers_are_read_where_addresses_are_many_or_long(post: Post, others: list[str]) -> None:
    know(EWA, *others)
    post.past_sync(1, "contacts")
    assert "with" in post.letters
    assert "without" not in post.letters
    assert not any("FROM" in line for line in post.provider.asked if "SEARCH" in line)
    assert max(map(len, post.provider.asked)) < COMMAND_LIMIT
    (header,) = asked_about(post, "without")
    assert "HEADER.FIELDS" in header


def test_a_server_that_refuses_such_a_search_has_its_headers_read(post: Post) -> None:
    know(EWA)
    post.provider.rules.append(("UID SEARCH.* FROM", b"{tag} NO Too complex\r\n"))
    post.past_sync(1, "contacts")
    assert "with" in post.letters
    assert "without" not in post.letters
