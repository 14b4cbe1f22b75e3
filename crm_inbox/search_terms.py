"""What people type into the search field: words, "phrases" and operators such as from:ewa."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from sync.finding import Part, Term, Wanted

PARTS = {"from": Part.FROM, "to": Part.TO, "subject": Part.SUBJECT}
# Every operator, as it may be written.
EXAMPLES = {
    "from": "from:ewa",
    "to": "to:ewa",
    "subject": "subject:offer",
    "has": "has:attachment",
    "is": "is:unread",
    "label": "label:leads",
    "before": "before:2026-03-01",
    "after": "after:2026-03-01",
    "contact": "contact:nowak",
}
_OPERATOR = rf"(?:{'|'.join(EXAMPLES)}):"
# Another operator is no value: that of "from: is:unread" is missing.
_TOKEN = re.compile(
    rf"(?=\S)(?P<operator>{_OPERATOR})?\s*"
    rf'(?:"(?P<phrase>[^"]*)"?|(?P<word>(?!{_OPERATOR})\S+))?',
    re.IGNORECASE,
)
# What looks like an operator; people who write "Re: offer" leave a space. The shortest ones are
# like too many words.
_LOOKS_SO = re.compile(r"([^\W\d_]{3,}):(?=[^\s/])")
_RESEMBLED = [operator for operator in EXAMPLES if len(operator) > 2]
_CLOSE = 0.75
# A search of more words than this is a text that was pasted by mistake.
MOST_TERMS = 30


@dataclass
class Search:
    """What was understood, and in the person's words what was not.

    With a problem nothing is found: it would be something else than what was asked for. Hints say
    how the words were taken.
    """

    wanted: Wanted = field(default_factory=Wanted)
    problems: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def understand(text: str, zone: ZoneInfo) -> Search:
    """Read a search; days are those of the person's time zone."""
    search = Search()
    tokens = list(_tokens(text))
    if len(tokens) > MOST_TERMS:
        search.hints.append(
            _("Only the first %(count)s words are searched for.") % {"count": MOST_TERMS}
        )
    for operator, value, phrase in tokens[:MOST_TERMS]:
        change = _understood(operator, value, phrase, search.wanted, zone)
        if change is None:
            search.problems.append(_problem(operator, value))
        else:
            search.wanted = change
        if not operator and not phrase:
            search.hints += _resembling(value)
    return search


def _tokens(text: str) -> Iterator[tuple[str, str, bool]]:
    for match in _TOKEN.finditer(text):
        phrase = match["phrase"] is not None
        value = match["phrase"] or match["word"] or ""
        yield (match["operator"] or "").lower().rstrip(":"), value, phrase


def _understood(
    operator: str, value: str, phrase: bool, wanted: Wanted, zone: ZoneInfo
) -> Wanted | None:
    if operator and not _says_something(operator, value):
        return None
    if operator == "contact":
        return replace(wanted, contacts=(*wanted.contacts, value))
    if operator == "label":
        return replace(wanted, labels=(*wanted.labels, value))
    if operator == "has":
        known = value.lower() in ("attachment", "attachments")
        return replace(wanted, attachments=True) if known else None
    if operator == "is":
        unread = {"unread": True, "read": False}.get(value.lower())
        return replace(wanted, unread=unread) if unread is not None else None
    if operator in ("before", "after"):
        day = _day(value)
        if day is None:
            return None
        # "after:2026-03-01" leaves that day out, as "before:" does.
        day += timedelta(days=1 if operator == "after" else 0)
        moment = datetime.combine(day, time(), zone)
        if operator == "after":
            return replace(wanted, after=moment)
        return replace(wanted, before=moment)
    term = Term(value, PARTS.get(operator, Part.ANYWHERE), phrase)
    return replace(wanted, terms=(*wanted.terms, term)) if term.words else wanted


def _says_something(operator: str, value: str) -> bool:
    """Of what is looked for in messages only letters and digits count."""
    return bool(Term(value).words if operator in PARTS else value.strip())


def _day(text: str) -> date | None:
    """2026-03-01; the first day of 2026-03 or of 2026."""
    try:
        day = date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) in (4, 7) else text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def _problem(operator: str, value: str) -> str:
    said = {"operator": operator, "value": value, "example": EXAMPLES[operator]}
    if not _says_something(operator, value):
        return _("Write something after %(operator)s:, such as %(example)s.") % said
    if operator == "has":
        return _("“%(operator)s:%(value)s” is not known. Write has:attachment.") % said
    if operator == "is":
        return _("“%(operator)s:%(value)s” is not known. Write is:unread or is:read.") % said
    return _("“%(value)s” is not a day. Write %(operator)s:2026-03-01.") % said


def _resembling(word: str) -> list[str]:
    """A word like frm:ewa is searched for as it is, and said not to be what it seems."""
    match = _LOOKS_SO.match(word)
    meant = get_close_matches(match[1].lower(), _RESEMBLED, 1, _CLOSE) if match else []
    return [
        _("There is no %(operator)s:. Did you mean %(meant)s:?")
        % {"operator": word.partition(":")[0], "meant": operator}
        for operator in meant
    ]
