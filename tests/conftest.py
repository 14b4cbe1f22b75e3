"""The real servers that the tests run on, and what is said where one is missing.

Settings are read as soon as Django is loaded, so the servers are started before that. Every
run of the tests has a folder and servers of its own.
"""

import atexit
import os
import shutil
from pathlib import Path

import django

from crm_inbox.local import postgres, processes, valkey

RUNS = Path(__file__).resolve().parent.parent / ".build" / "tests"
DATA = RUNS / str(os.getpid())


def _start_servers() -> None:
    _forget_dead_runs()
    atexit.register(shutil.rmtree, DATA, ignore_errors=True)
    # WhiteNoise warns of a folder that is missing.
    (DATA / "static").mkdir(parents=True)
    os.environ |= {"DATA_DIR": str(DATA), "HTTPS": "no", "HASHED_STATIC": "no"}
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgres.ensure(DATA, durable=False, die_with_us=True)
        atexit.register(postgres.stop, DATA)
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = valkey.ensure(DATA, die_with_us=True)
        atexit.register(valkey.stop, DATA)


def _forget_dead_runs() -> None:
    """A run that was killed could not remove its folder; its servers died with it."""
    for folder in RUNS.glob("*"):
        if not (folder.name.isdigit() and processes.runs(int(folder.name))):
            shutil.rmtree(folder, ignore_errors=True)


# At import, not in a hook: the conftest.py of a subfolder may import models at its top.
_start_servers()
os.environ["DJANGO_SETTINGS_MODULE"] = "crm_inbox.settings"
django.setup()
