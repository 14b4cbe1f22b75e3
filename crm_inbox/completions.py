"""How the search field completes what is typed: operators, then their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sync import completing

MOST = 8
# The word that is being typed: an operator, where there is one, and its value so far.
_LAST = re.compile(
    r'(?:^|\s)(?:(?P<operator>[a-z]+):)?(?P<value>"[^"]*"?|[^\s":]*)$', re.IGNORECASE
)
# Everything that can be asked for, with what it is good for.
OPERATORS: dict[str, Promise] = {
    "from:": gettext_lazy("who wrote it"),
    "to:": gettext_lazy("who got it"),
    "subject:": gettext_lazy("words of the subject"),
    "contact:": gettext_lazy("anything with this contact"),
    "label:": gettext_lazy("a folder or label"),
    "has:attachment": gettext_lazy("with attachments"),
    "is:unread": gettext_lazy("not read yet"),
    "is:read": gettext_lazy("read"),
    "after:": gettext_lazy("newer than a day"),
    "before:": gettext_lazy("older than a day"),
}


@dataclass(frozen=True)
class Completion:
    """What is offered: the field's whole new text, what is shown, and what it means."""

    text: str
    shown: str
    hint: str = ""


def complete(text: str, owner: User, today: date) -> list[Completion]:
    """Completions of the last word of `text`."""
    match = _LAST.search(text)
    if match is None:
        return []
    operator, value = (match["operator"] or "").lower(), match["value"].strip('"')
    before = text[: match.start()] + (" " if match.start() else "")
    values = _VALUES.get(operator)
    if values is None:
        return [] if operator else list(_operators(before, value))
    found = values(owner, value, today)
    return [Completion(f"{before}{operator}:{_quoted(one)} ", one, hint) for one, hint in found][
        :MOST
    ]


def _operators(before: str, value: str) -> Iterator[Completion]:
    for operator, hint in OPERATORS.items():
        if operator.startswith(value.lower()):
            ending = "" if operator.endswith(":") else " "
            yield Completion(before + operator + ending, operator, str(hint))


def _people(owner: User, value: str, _today: date) -> list[tuple[str, str]]:
    """Contacts first; without a word yet, whoever has just written."""
    known = completing.contacts(value, MOST) if value else []
    others = completing.correspondents(owner, value, MOST)
    return [(name, _("Contact")) for name in known] + [
        (name, "") for name in others if name not in known
    ]


def _contacts(_owner: User, value: str, _today: date) -> list[tuple[str, str]]:
    return [(name, "") for name in completing.contacts(value, MOST)]


def _labels(owner: User, value: str, _today: date) -> list[tuple[str, str]]:
    return [(name, "") for name in completing.labels(owner, value, MOST)]


def _days(_owner: User, value: str, today: date) -> list[tuple[str, str]]:
    days = (
        (today, _("today")),
        (today - timedelta(days=1), _("yesterday")),
        (today - timedelta(days=7), _("a week ago")),
        (today - timedelta(days=30), _("30 days ago")),
        (today.replace(day=1), _("the beginning of this month")),
        (today.replace(month=1, day=1), _("the beginning of this year")),
        (today - timedelta(days=365), _("a year ago")),
    )
    return [
        (day.isoformat(), f"{said}, {date_format(day, 'DATE_FORMAT')}")
        for day, said in days
        if day.isoformat().startswith(value)
    ]


def _fixed(*values: tuple[str, Promise]) -> Callable[[User, str, date], list[tuple[str, str]]]:
    def offered(_owner: User, value: str, _today: date) -> list[tuple[str, str]]:
        return [(one, str(hint)) for one, hint in values if one.startswith(value.lower())]

    return offered


_VALUES: dict[str, Callable[[User, str, date], list[tuple[str, str]]]] = {
    "from": _people,
    "to": _people,
    "contact": _contacts,
    "label": _labels,
    "has": _fixed(("attachment", OPERATORS["has:attachment"])),
    "is": _fixed(("unread", OPERATORS["is:unread"]), ("read", OPERATORS["is:read"])),
    "after": _days,
    "before": _days,
}


def _quoted(value: str) -> str:
    """As one value, where it has several words."""
    value = value.replace('"', "")
    return f'"{value}"' if " " in value else value
