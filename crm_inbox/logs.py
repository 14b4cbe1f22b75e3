"""How the log is written: as text for people, or as JSON, one object a line, for machines.

No message and no secret is ever put into it on purpose. PostgreSQL, though, quotes the row that
it refuses in its errors, and such a row is somebody's mail: so that part is cut off here.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from sync.about import what

_PARTS = r"(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT|WHERE|LINE \d+):"
# In a traceback an error's words end where the next error begins; a row may have many lines.
_QUOTED = re.compile(
    rf"\n[ |+]*{_PARTS}.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
# The same inside the repr of an error, which is one line.
_QUOTED_IN_REPR = re.compile(rf"\\n{_PARTS}[^\n]*")
# Names and passwords in addresses such as redis://:password@host.
_SIGN_IN = re.compile(r"(\b[a-z][a-z0-9+]*://)[^\s/@'\"]*@")

# Whoever has the rest of such a path comes in by it.
_WAY_IN = re.compile(r"(/invitations/|/password/new/[0-9A-Za-z]+-)[\w-]+")


def config(format_: str, level: str) -> dict[str, Any]:
    """Django's LOGGING: all to stderr, in the format "text" or "json"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"about": {"()": About}},
        "formatters": {"text": {"()": Text}, "json": {"()": Json}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": format_,
                "filters": ["about"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
    }


def discreet(text: str) -> str:
    """The text without what a database error quotes, and without what lets somebody in."""
    shorter = _QUOTED_IN_REPR.sub("", _QUOTED.sub("", text))
    return _WAY_IN.sub(r"\1...", _SIGN_IN.sub(r"\1...@", shorter))


class About(logging.Filter):
    """Puts the account and the run that are worked on into every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = what()
        return True


class Text(logging.Formatter):
    """Time, level, logger, account and run, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s:%(about_words)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        about: dict[str, int] = getattr(record, "about", {})
        record.about_words = "".join(f" {name} {number}" for name, number in about.items())
        return discreet(super().format(record))


class Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": discreet(record.getMessage()),
            "process": record.process,
        }
        told |= getattr(record, "about", {})
        if record.exc_info:
            told["error"] = discreet(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)
