"""The log tells which account and run a line is about, and nothing that people wrote or hide."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import connection
from django.test import Client

from crm_inbox import logs
from crm_inbox.accounts import password_path
from crm_inbox.invitations import Invitation
from crm_inbox.sessions import SessionStore
from sync import engine, tasks
from sync.about import about
from sync.models import Account, Run
from tests.imap.dovecot import PASSWORD
from tests.sync.mailbox import Mailbox, letter

SECRET = "quincunx"


@contextmanager
def log(formatter: logging.Formatter) -> Iterator[io.StringIO]:
    """Everything that is logged, at every level."""
    said, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter)
    handler.addFilter(logs.About())
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def lines(said: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_every_line_is_an_object_with_its_account_and_run() -> None:
    with log(logs.Json()) as said, about(account=7):
        with about(run=9):
            logging.getLogger("x").warning("two\nlines, zażółć")
        logging.getLogger("x").info("%s", "later")
    first, second = lines(said)
    assert first["message"] == "two\nlines, zażółć"
    assert (first["account"], first["run"], first["level"]) == (7, 9, "warning")
    assert (second["account"], "run" in second) == (7, False)


def test_text_says_the_same_to_people() -> None:
    with log(logs.Text()) as said, about(account=7, run=9):
        logging.getLogger("x").warning("Hello")
    assert said.getvalue().endswith("WARNING x: account 7 run 9 Hello\n")


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [logs.Json(), logs.Text()])
def test_an_address_that_lets_somebody_in_is_not_logged(
    formatter: logging.Formatter, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = User.objects.create_superuser("boss")
    _, token = Invitation.make("ewa@crm.example", boss, administrator=False)
    paths = [f"/invitations/{token}/", password_path(boss)]
    keys = [token, paths[1].rstrip("/").partition("-")[2]]
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    with log(formatter) as said:
        client.post(paths[0], {"username": "ewa"})
        monkeypatch.setattr(SessionStore, "save", broken)
        monkeypatch.setattr("crm_inbox.views.team.render", broken)
        assert [client.get(path).status_code for path in paths] == [500, 500]
    assert said.getvalue().count("/invitations/...") >= 2
    assert "/password/new/" in said.getvalue()
    for key in keys:
        assert key not in said.getvalue()


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("a mistake of ours")


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [logs.Json(), logs.Text()])
def test_a_row_that_the_database_refuses_is_not_quoted(formatter: logging.Formatter) -> None:
    User.objects.create(username=SECRET)
    with log(formatter) as said:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO auth_user SELECT * FROM auth_user WHERE username = %s", [SECRET]
                )
        except DatabaseError as error:
            assert SECRET in str(error) or "DETAIL" in str(error)
            logging.getLogger("x").exception("It broke: %r", error)
    assert "duplicate key" in said.getvalue()
    assert "DETAIL" not in said.getvalue()
    assert SECRET not in said.getvalue()


def test_a_refused_row_of_many_lines_is_cut_whole_and_what_follows_stays() -> None:
    text = f"E: no\nDETAIL:  Failing row (a,\n{SECRET}\n).\n\nThe above exception was the cause"
    assert logs.discreet(text) == "E: no\n\nThe above exception was the cause"


def test_a_password_in_an_address_is_not_told() -> None:
    said = logs.discreet(f"Error with redis://:{SECRET}@host:1/0 and postgresql://a:{SECRET}@db/x")
    assert said == "Error with redis://...@host:1/0 and postgresql://...@db/x"


def test_what_breaks_in_a_task_is_told_with_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("It is broken.")

    monkeypatch.setattr(tasks, "_slice", breaks)
    with log(logs.Json()) as said:
        tasks.live.apply(args=(47,))
        logging.getLogger("x").info("Later")
    broken, later = (line for line in lines(said) if line["logger"] in ("celery.app.trace", "x"))
    assert "It is broken." in str(broken["error"])
    assert broken["account"] == 47
    assert "account" not in later


@pytest.mark.needs("dovecot")
@pytest.mark.django_db(transaction=True)
def test_sync_logs_ids_and_neither_mail_nor_passwords(mailbox: Mailbox) -> None:
    mailbox.deliver("one", raw=letter("one", subject=f"{SECRET} subject", text=SECRET))
    with log(logs.Json()) as said:
        mailbox.first_sync()
        mailbox.account.set_secret("wrong-" + SECRET)
        mailbox.account.save()
        Account.objects.update(checked_at=None)
        engine.work(mailbox.account.pk, "test", 30)
    text = said.getvalue()
    for hidden in (SECRET, PASSWORD, "wrong-", settings.FIELD_ENCRYPTION_KEYS[0]):
        assert hidden not in text
    ours = [line for line in lines(said) if str(line["logger"]).startswith("sync")]
    assert {line["account"] for line in ours} == {mailbox.account.pk}
    run = Run.objects.get(kind=Run.Kind.INITIAL)
    assert [line for line in ours if line.get("run") == run.pk], ours
    assert any("1 messages stored, 1 runs ended" in str(line["message"]) for line in ours), ours
    assert any("authentication_refused" in str(line["message"]) for line in ours)
