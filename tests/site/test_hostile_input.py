"""What nobody types by hand, sent to every address by somebody who may see everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from tests.site.test_strangers import FORM, ID, Address, _rows, addresses
from tests.site.test_strangers import action as action

SCRIPT = "<script>alert(471)</script>"
# Longer than any column, and an address of nowhere.
LONG = "httpx" + "ż" * 330
VALUES = ("\0", "9" * 40, "-1", "²", "", LONG, f"../../etc/passwd'\";{SCRIPT}{{0}} %s %(x)d")
# What the site's pages and lists read of a query, beside what is in forms.
NAMES = (
    *("q", "p", "o", "e", "problem", "attention", "state__exact", "kind__exact", "_popup"),
    *("password__startswith", "encrypted_secret__contains", "owner__id__exact", "before"),
    *("after", "page", "label", "contact", "order", "sort", "search", "address", "next", "filter"),
    *("account", "from", "since", "number", "uid", "state", "code", "browser", "provider", "term"),
    "folder",
)
# Ids that fit into no column.
IDS = ("0", str(2**63), "9" * 30)


@pytest.fixture
def owner(action: UUID) -> Client:
    """The owner of all there is, and an administrator."""
    User.objects.update(is_staff=True, is_superuser=True)
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def answers(client: Client, path: str) -> Iterator[tuple[str, HttpResponse]]:
    for method, ask in (("GET", client.get), ("POST", client.post)):
        if asked(ask, path, {}).status_code == 405:
            continue
        for value in VALUES:
            # Django's administration breaks on an empty name of a field: its own affair.
            names = (*NAMES, *FORM, *(["_to_field"] if value else []))
            sent = dict.fromkeys(names, value) | {"reason": "too_old"}
            yield f"{method} {value[:20]!r}", asked(ask, path, sent)
        for number in IDS if str(ID) in path else ():
            sent = FORM if method == "POST" else {}
            yield f"{method} of {number}", asked(ask, path.replace(str(ID), number), sent)


def asked(ask: Callable[..., Any], path: str, sent: dict[str, str]) -> HttpResponse:
    """The answer; whatever came of it is undone."""
    with transaction.atomic():
        answer: HttpResponse = ask(path, sent)
        transaction.set_rollback(True)
    return answer


def places(action: UUID) -> Iterator[Address]:
    return (each for each in addresses(action) if each.name != "account_logout")


@pytest.mark.timeout(900)
def test_no_page_breaks_on_what_it_is_asked(
    action: UUID, owner: Client, settings: Settings
) -> None:
    settings.ADMIN_READS_MAIL = True
    broken = []
    for place in places(action):
        # 502: the mail server, which is none here, did not give the original.
        for how, answer in answers(owner, place.path):
            content = b"".join(answer)
            if answer.status_code in (500, 503) or SCRIPT.encode() in content:
                broken.append((place.name, place.path, how, answer.status_code))
    assert broken == []


def test_looking_changes_nothing(action: UUID, owner: Client, settings: Settings) -> None:
    """Else a link in a mail could do what only a form with a token may."""
    settings.ADMIN_READS_MAIL = True
    # What is opened is read from then on.
    owner.get(f"/conversations/{ID}/")
    before = _rows()
    for place in places(action):
        owner.get(place.path, FORM)
        changed = [row for row in before - _rows() if "crm_inbox_session" not in row]
        assert changed == [], place
    assert owner.get("/inbox/").status_code == 200
