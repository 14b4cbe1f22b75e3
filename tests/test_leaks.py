"""Secrets stay out of error reports, logs, queues, the admin panel and process lists."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from allauth.mfa.models import Authenticator
from cryptography.fernet import MultiFernet
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.management import get_commands, load_command_class
from django.core.signals import got_request_exception
from django.test import Client
from django.utils import timezone
from django.views.debug import ExceptionReporter
from pytest_django import Settings

from crm_inbox.accounts import SecondStepAdapter
from sync import connecting, tasks
from sync.models import Account
from sync.wire import Connection, login
from tests.imap.dovecot import PASSWORD, People
from tests.site.conftest import make_account

SECRET = "xyzzy plugh 77"


@pytest.fixture
def client(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("anna", password="open sesame"))
    return client


@pytest.fixture
def account(client: Client) -> Account:
    return make_account(User.objects.get(), "me@crm.example")


@pytest.fixture
def reports() -> Iterator[list[str]]:
    """What a report of each error would hold, as pages and as text, with all variables."""
    found: list[str] = []

    def report(request: Any, **_: object) -> None:
        reporter = ExceptionReporter(request, *sys.exc_info())
        found.extend((reporter.get_traceback_html(), reporter.get_traceback_text()))

    got_request_exception.connect(report)
    yield found
    got_request_exception.disconnect(report)


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("a mistake of ours")


@pytest.mark.parametrize(
    "place",
    [(MultiFernet, "encrypt"), (Connection, "open"), (connecting, "server_of")],
    ids=["sealing", "connecting", "before connecting"],
)
@pytest.mark.parametrize("form", ["email-sync", "admin/sync/account"])
def test_a_report_of_an_error_holds_no_password(
    form: str,
    client: Client,
    account: Account,
    reports: list[str],
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[object, str],
) -> None:
    monkeypatch.setattr(*place, broken)
    answer = client.post(f"/{form}/{account.pk}/password/", {"password": SECRET})
    assert answer.status_code == 500
    html, text = reports
    assert "a mistake of ours" in html
    assert "a mistake of ours" in text
    assert SECRET not in html + text + answer.content.decode()


@pytest.mark.needs("dovecot")
def test_a_report_of_an_error_while_logging_in_holds_no_password(
    people: People, account: Account, reports: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.new()
    account.host, account.port = person.dovecot.host, person.dovecot.port
    account.username = person.name
    account.set_secret(PASSWORD)
    account.save()
    monkeypatch.setattr(login, "_check", broken)
    try:
        connecting.connect(account)
    except RuntimeError as error:
        # Without this test's own variables, which know the password.
        below = error.__traceback__.tb_next if error.__traceback__ else None
        html = ExceptionReporter(None, RuntimeError, error, below).get_traceback_html()
    assert "a mistake of ours" in html
    encoded = base64.b64encode(f"\0{person.name}\0{PASSWORD}".encode()).decode()
    for hidden in (PASSWORD, encoded):
        assert hidden not in html


@pytest.mark.needs("dovecot")
@pytest.mark.django_db(transaction=True)
def test_nothing_secret_is_logged_or_queued(
    client: Client, account: Account, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = people.new()
    Account.objects.update(first_sync_done_at=timezone.now())
    Account.objects.update(host=person.dovecot.host, port=person.dovecot.port, username=person.name)
    answer = client.post(f"/email-sync/{account.pk}/password/", {"password": PASSWORD})
    assert answer.status_code == 302
    tasks.wake(account.pk)
    queued = _everything_in_redis()
    assert any(b"sync.tasks" in value for value in queued)
    bodies = [base64.b64decode(json.loads(value)["body"]) for value in queued if b'"body"' in value]
    assert any(str(account.pk).encode() in body for body in bodies)
    for value in queued + bodies:
        assert PASSWORD.encode() not in value
        assert "zażółć".encode() not in value
    assert PASSWORD not in caplog.text


def _everything_in_redis() -> list[bytes]:
    server = redis.Redis.from_url(configured.REDIS_URL)
    readers: dict[object, Callable[[bytes], Any]] = {
        b"string": lambda key: [server.get(key)],
        b"list": lambda key: server.lrange(key, 0, -1),
        b"hash": lambda key: list(server.hgetall(key).values()),
        b"set": lambda key: list(server.smembers(key)),
        b"zset": lambda key: server.zrange(key, 0, -1),
    }
    return [
        value
        for key in server.scan_iter()
        for value in readers[server.type(key)](key)
        if value is not None
    ]


def test_the_admin_panel_shows_no_secret(client: Client, account: Account) -> None:
    account.set_secret(SECRET)
    account.save()
    user = User.objects.get()
    step = Authenticator.objects.create(
        user=user, type="totp", data={"secret": SecondStepAdapter().encrypt(SECRET)}
    )
    for path in (
        *("sync/account/", f"sync/account/{account.pk}/change/"),
        *("crm_inbox/secondstep/", f"crm_inbox/secondstep/{step.pk}/change/"),
        f"auth/user/{user.pk}/change/",
    ):
        page = client.get(f"/admin/{path}")
        assert page.status_code == 200, path
        assert SECRET not in page.content.decode()
        assert "gAAAAA" not in page.content.decode()
        assert user.password not in page.content.decode()


def test_an_administrator_helps_who_has_lost_the_phone(client: Client) -> None:
    step = Authenticator.objects.create(user=User.objects.get(), type="totp", data={})
    client.post(f"/admin/crm_inbox/secondstep/{step.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_no_command_takes_a_secret_that_a_process_list_would_show() -> None:
    ours = {
        name: app
        for name, app in get_commands().items()
        if app in ("sync", "crm_inbox", "contacts")
    }
    assert len(ours) > 5
    for name, app in ours.items():
        parser = load_command_class(str(app), name).create_parser("manage.py", name)
        # The name of a file with a secret may be seen.
        words = " ".join(
            word
            for action in parser._actions
            for word in (action.dest, *action.option_strings)
            if not word.endswith(("_file", "-file"))
        )
        for forbidden in ("password", "secret", "token"):
            assert forbidden not in words, name


def test_no_service_is_started_with_a_secret_in_its_command() -> None:
    compose = (Path(__file__).resolve().parent.parent / "docker-compose.yml").read_text()
    commands = [line for line in compose.splitlines() if "command:" in line]
    assert commands
    for word in ("PASSWORD", "SECRET", "KEY"):
        assert not any(word in line for line in commands)


def test_a_page_that_broke_tells_nothing(
    client: Client, account: Account, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.DEBUG is False
    monkeypatch.setattr("crm_inbox.views.mailboxes.wizard.connect_by_password", broken)
    answer = client.post(f"/email-sync/{account.pk}/password/", {"password": SECRET})
    assert answer.status_code == 500
    assert "mistake" not in answer.content.decode()
