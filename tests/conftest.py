"""The real servers that the tests run on."""

import atexit
import os
from pathlib import Path

from crm_inbox.local import postgres

DATA = Path(__file__).resolve().parent.parent / ".build" / "tests"


def pytest_configure() -> None:
    os.environ["DATA_DIR"] = str(DATA)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = postgres.ensure(DATA, durable=False)
        atexit.register(postgres.stop, DATA)
