"""A walk over every address of the site, by people who have no business there.

The addresses come from the resolver, so a new one is walked, too. Everything that the owner has
bears one and the same id, and words that occur nowhere else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from contacts.models import Contact
from crm_inbox.invitations import Invitation
from crm_inbox.sessions import Session
from sync import moving
from sync.models import Account, Attachment, AttachmentContent, LedgerEntry, Message, Run, Thread
from tests.site.conftest import mail, make_account, receive

ID = 471_147
SECRET = "quincunx"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# What people may see who have not signed in.
PUBLIC = {
    *("account_login", "account_logout", "account_signup", "account_inactive"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("mfa_login_webauthn", "set_language", "admin:jsi18n", "javascript-catalog"),
    *("live", "ready", "metrics"),
}
# One form that fits all: what a button somewhere would send.
FORM = {
    "thread": str(ID),
    "message": str(ID),
    "contact": str(ID),
    "run": str(ID),
    "label": str(ID),
    "all": "yes",
    "as_of": "2030-01-01T00:00:00+00:00",
    "to": "trashed",
    "team": "yes",
    "active": "no",
    "state": "cancelled",
    "wanted": "cancelled",
    "choice": "all",
    "months": "12",
    "scope": "everyone",
    "password": "correct horse battery",
    "email": "eve@x.example",
    "confirm": "yes",
    "action": "delete_selected",
    "_selected_action": str(ID),
}


@dataclass(frozen=True)
class Address:
    name: str
    path: str


def addresses(action: UUID) -> Iterator[Address]:
    """Every address of the site, with the ids of what the owner has."""
    values = {"int": str(ID), "uuid": str(action), "slug": "which-mail", "path": str(ID)}

    def walk(
        patterns: list[URLPattern | URLResolver], before: str, space: str
    ) -> Iterator[Address]:
        for each in patterns:
            route = str(each.pattern)
            if isinstance(each, URLResolver):
                below = f"{space}{each.namespace}:" if each.namespace else space
                yield from walk(each.url_patterns, before + route, below)
                continue
            path = re.sub(
                r"<(?:(\w+):)?\w+>", lambda m: values.get(m[1] or "", "auth"), before + route
            )
            path = re.sub(r"\(\?P<\w+>[^()]*\)|\(\?P<\w+>\[\^?[^\]]*\]\+\)", str(ID), path)
            path = re.sub(r"[\^$]|\\Z|\.\*", "", path).replace("\\", "")
            yield Address(f"{space}{each.name}", f"/{path}")

    return walk(get_resolver().url_patterns, "", "")


@pytest.fixture
def action(db: None) -> UUID:
    """The owner's mail, trashed and brought back by an action; with the action's id."""
    _all_ids_from(ID)
    owner = User.objects.create_user(f"{SECRET}-owner", f"{SECRET}@crm.example", "open sesame")
    account = make_account(owner, f"{SECRET}@crm.example")
    account.set_secret(SECRET)
    account.save()
    message = receive(
        account,
        mail(SECRET, f"<p>{SECRET}</p>", "text/html", f"{SECRET} <{SECRET}@firma.example>"),
    )
    file = Attachment.objects.create(
        message=message, section="2", name=f"{SECRET}.png", content_type="image/png", size=1
    )
    AttachmentContent.objects.create(attachment=file, data=SECRET.encode())
    Run.objects.create(account=account, kind=Run.Kind.PAST, since=timezone.now())
    Invitation.make(f"{SECRET}@later.example", owner, administrator=False)
    Session.objects.create(
        pk=SECRET, user=owner, user_agent=SECRET, ends_at=timezone.now() + timedelta(days=1)
    )
    Contact.objects.create(name="Everybody's")
    threads = Thread.objects.filter(owner=owner)
    for model in (User, Account, Thread, Message, Attachment, LedgerEntry, Run, Contact):
        assert model.objects.get().pk == ID, model
    moving.move(owner, threads, Thread.State.TRASHED)
    done = moving.move(owner, threads, Thread.State.INBOX)
    return done.action or uuid4()


def _all_ids_from(first: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'S'")
        for (name,) in cursor.fetchall():
            cursor.execute("SELECT setval(%s, %s, false)", [name, first])


def _rows() -> Counter[str]:
    """Everything in the database but what everybody may change, and what is about a visit."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if not name.startswith(("contacts_", "django_"))
    ]
    every = " UNION ALL ".join(f"SELECT '{name}' || t::text FROM {name} t" for name in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(every)
        return Counter(row for (row,) in cursor.fetchall())


class Visitor:
    """Somebody who tries an address in every way."""

    def __init__(self, user: User | None) -> None:
        self.client, self.user = Client(), user
        self._visited = True

    def __str__(self) -> str:
        return self.user.get_username() if self.user else "signed out"

    def tries(self, path: str) -> Iterator[tuple[str, HttpResponse]]:
        everything = "".join(f"{name}={value}&" for name, value in FORM.items())
        for method in METHODS:
            yield method, self._as(method, path, FORM if method == "POST" else {})
        yield "POST of one", self._as("POST", path, FORM | {"all": ""})
        yield "GET with a query", self._as("GET", f"{path}?{everything}", {})
        yield "GET by htmx", self._as("GET", path, {}, {"HX-Request": "true"})

    def _as(
        self, method: str, path: str, form: dict[str, str], headers: dict[str, str] | None = None
    ) -> HttpResponse:
        self._be()
        call = getattr(self.client, method.lower())
        sent = {name: value for name, value in form.items() if value}
        answer: HttpResponse = call(path, sent or None, headers=headers)
        self._visited = answer.status_code != 405
        return answer

    def _be(self) -> None:
        """As at the beginning: signing out is one of the addresses."""
        if not self._visited:
            return
        if self.user and "_auth_user_id" not in self.client.session:
            self.client.force_login(
                self.user, "allauth.account.auth_backends.AuthenticationBackend"
            )
        elif not self.user:
            self.client.cookies.clear()


@pytest.fixture
def before(action: UUID) -> Counter[str]:
    """What the owner has."""
    return _rows()


@pytest.fixture
def visitors(before: Counter[str]) -> list[Visitor]:
    colleague = User.objects.create_user("colleague")
    receive(make_account(colleague, "colleague@crm.example"), mail("own", "own"))
    clerk = User.objects.create_user("clerk", is_staff=True)
    return [
        Visitor(None),
        Visitor(User.objects.create_user("newcomer")),
        Visitor(colleague),
        Visitor(clerk),
    ]


@pytest.mark.timeout(600)
def test_nobody_reaches_what_is_not_theirs(
    action: UUID,
    before: Counter[str],
    visitors: list[Visitor],
    capsys: pytest.CaptureFixture[str],
) -> None:
    walked: Counter[str] = Counter()
    places = list(addresses(action))
    for visitor in visitors:
        for place in places:
            for how, answer in visitor.tries(place.path):
                case = (str(visitor), how, place, answer.status_code)
                assert _is_fitting(visitor, place, answer), case
                assert SECRET.encode() not in b"".join(answer), case
                assert SECRET not in str(answer.headers), case
                assert answer.status_code == 405 or not before - _rows(), case
                walked[str(visitor)] += 1
    with capsys.disabled():
        print(  # noqa: T201 - said with the result
            f"\n  {len(places)} addresses, {walked.total()} requests: {dict(walked)}"
        )
    assert len(places) > 80


def _is_fitting(visitor: Visitor, place: Address, answer: HttpResponse) -> bool:
    if visitor.user or place.name in PUBLIC or answer.status_code in (400, 401, 403, 404, 405):
        return answer.status_code < 500
    target = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    if place.name == "home" or target.startswith(("/sign-in/", "/admin/", "/account/confirm/")):
        return True
    return answer.status_code == 301 or place.name == "admin:login"


def test_the_owner_does_reach_it(action: UUID) -> None:
    """Else the walk would prove nothing."""
    owner = User.objects.get()
    client = Client()
    client.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")
    seen = {
        place.name for place in addresses(action) if SECRET.encode() in _content(client, place.path)
    }
    assert seen >= {
        *("inbox", "conversation", "mail_frame", "original", "attachment", "mailboxes"),
        *("mailbox_labels", "mailbox_password"),
    }


def _content(client: Client, path: str) -> bytes:
    return b"".join(client.get(path))
