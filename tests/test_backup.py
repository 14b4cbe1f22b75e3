"""An installation moves to another database and another machine, with all its data and keys."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from sync.models import Hour
from tests.sync.mailbox import Mailbox, dump

ROOT = Path(__file__).resolve().parent.parent
pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db(transaction=True)]
# On the new machine: what is here, then a sync, then what is here.
LOOK = """
import json
from sync import engine
from sync.models import Account
from tests.sync.mailbox import dump
account = Account.objects.get()
before = dump(account)
secret = account.secret()
Account.objects.update(checked_at=None)
engine.work(account.pk, "new", 60)
account.refresh_from_db()
after = dump(account)
print("SAID" + json.dumps([repr(before), secret, account.problem, len(after["messages"])]))
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a new machine, with an empty database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"elsewhere_{os.getpid()}"
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield dict(os.environ) | {
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
            "DATA_DIR": str(tmp_path / "data"),
            "PYTHONPATH": str(ROOT),
        }
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_it_moves_with_all_data_and_sync_goes_on_where_it_was(
    mailbox: Mailbox, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        mailbox.deliver(name)
    mailbox.first_sync()
    Hour.add(messages=2)
    before = dump(mailbox.account)
    call_command("backup", str(tmp_path / "backup"))
    for path in (tmp_path / "backup").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path

    mailbox.deliver("three")
    done = manage(elsewhere, "restore", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    seen = manage(elsewhere, "shell", "-c", LOOK)
    told, secret, problem, count = json.loads(seen.stdout.partition("SAID")[2])
    assert told == repr(before)
    assert (secret, problem, count) == (mailbox.account.secret(), "", 3)

    again = manage(elsewhere, "restore", str(tmp_path / "backup"))
    assert "The database has tables already" in again.stderr


def test_keys_that_the_environment_gives_are_not_passed_over(
    mailbox: Mailbox, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    call_command("backup", str(tmp_path / "backup"))
    other = "A" * 43 + "="
    kept = tmp_path / "secrets" / "field_encryption_keys"
    kept.parent.mkdir()
    kept.write_text(other)
    given = {
        "FIELD_ENCRYPTION_KEYS": {"FIELD_ENCRYPTION_KEYS": other},
        "FIELD_ENCRYPTION_KEYS_FILE": {"FIELD_ENCRYPTION_KEYS_FILE": str(kept)},
        str(kept): {"SECRETS_DIR": str(kept.parent)},
    }
    for place, variables in given.items():
        refused = manage(elsewhere | variables, "restore", str(tmp_path / "backup"))
        assert f"into {place} first" in refused.stderr, refused.stderr


def test_it_writes_over_no_folder_and_reads_no_other(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(tmp_path))
    with pytest.raises(CommandError, match=r"holds no database\.dump"):
        call_command("restore", str(tmp_path))


def test_it_says_what_pg_dump_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "there_is_none")
    with pytest.raises(CommandError, match="there_is_none"):
        call_command("backup", str(tmp_path / "backup"))
