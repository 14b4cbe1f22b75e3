"""The real servers that the tests run on, and what is said where one is missing.

Settings are read as soon as Django is loaded, so the servers are started before that. Every
process that runs tests has a folder and servers of its own.
"""

import atexit
import os
import shutil
from collections import Counter
from pathlib import Path

import django
import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from crm_inbox.local import postgres, processes, valkey
from crm_inbox.translations import compile_changed
from tests.components import program

pytest_plugins = [
    "tests.browser.chromium",
    "tests.imap.dovecot",
    "tests.sync.mailbox",
    "tests.browser.signed_in",
    "tests.sync.queues",
]
# Where pytest-xdist hands the tests out to several processes, the first one only waits.
_OURS = "TESTS_STARTED_THEIR_SERVERS"
RUNS = Path(__file__).resolve().parent.parent / ".build" / "tests"
DATA = RUNS / str(os.getpid())


def _start_servers() -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        for name in os.environ.pop(_OURS, "").split():
            del os.environ[name]
    _forget_dead_runs()
    atexit.register(shutil.rmtree, DATA, ignore_errors=True)
    # WhiteNoise warns of a folder that is missing.
    (DATA / "static").mkdir(parents=True)
    os.environ |= {"DATA_DIR": str(DATA), "HTTPS": "no", "HASHED_STATIC": "no"}
    # The mail servers of the tests.
    os.environ["ALLOW_PRIVATE_HOSTS"] = "127.0.0.1"
    if not os.environ.get("DATABASE_URL"):
        _tell("DATABASE_URL", postgres.ensure(DATA, durable=False, die_with_us=True))
        atexit.register(postgres.stop, DATA)
    if not os.environ.get("REDIS_URL"):
        _tell("REDIS_URL", valkey.ensure(DATA, die_with_us=True))
        atexit.register(valkey.stop, DATA)


def _tell(name: str, address: str) -> None:
    os.environ[name] = address
    os.environ[_OURS] = f"{os.environ.get(_OURS, '')} {name}"


def _forget_dead_runs() -> None:
    """A run that was killed could not remove its folder; its servers died with it."""
    for folder in RUNS.glob("*"):
        if not (folder.name.isdigit() and processes.runs(int(folder.name))):
            shutil.rmtree(folder, ignore_errors=True)


# At import, not in a hook: the conftest.py of a subfolder may import models at its top.
_start_servers()
compile_changed()
os.environ["DJANGO_SETTINGS_MODULE"] = "crm_inbox.settings"
django.setup()
# Else the processes of pytest-xdist would load the settings before they have servers of their own.
del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """After a test every table is emptied, also the one that refuses it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE crm_inbox_look DISABLE TRIGGER looks_stay_whole")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(component): leave out where it is not installed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for component in mark.args:
            if program(component) is None:
                pytest.skip(f"{component} is not installed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if left_out := terminalreporter.stats.get("skipped"):
        terminalreporter.section("LEFT OUT", sep="!", red=True)
        for reason, count in Counter(str(report.longrepr[2]) for report in left_out).items():
            terminalreporter.line(f"{count} x {reason.removeprefix('Skipped: ')}", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """CI promises that nothing is left out."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = bool(reporter and reporter.stats.get("skipped"))
    if left_out and os.environ.get("CI") == "true" and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
