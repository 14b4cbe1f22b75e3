"""How the pages write what mail holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import unescape
from typing import TypeVar

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from crm_inbox import highlight

Value = TypeVar("Value")
register = template.Library()
_TAG = re.compile(r"(<[^>]*>)")


@register.filter
def short_moment(moment: datetime) -> str:
    """Today 14:05, this year 3 Nov, else 3 Nov 2025, in the current time zone."""
    local, now = timezone.localtime(moment), timezone.localtime()
    if local.date() == now.date():
        return date_format(local, "H:i")
    if local.year == now.year:
        return date_format(local, pgettext("a day of this year, as Django's date format", "j M"))
    return date_format(local, pgettext("a day of another year", "j M Y"))


@register.filter
def full_moment(moment: datetime) -> str:
    wanted = pgettext("a moment in full, as Django's date format", "l, j F Y, H:i")
    return date_format(timezone.localtime(moment), wanted)


@register.filter
def marked(text: str, words: Sequence[str]) -> SafeString:
    """With what was searched for marked."""
    return highlight.marked(text, words)


@register.filter
def linked(text: str) -> SafeString:
    """Plain text as HTML, with what looks like an address as a link that opens elsewhere."""
    html = urlize(text, nofollow=False, autoescape=True)
    opened = '<a target="_blank" rel="noopener noreferrer" href='
    return mark_safe(html.replace("<a href=", opened))  # noqa: S308 (urlize has escaped it)


@register.filter
def marked_text(html: SafeString, words: Sequence[str]) -> SafeString:
    """HTML with what was searched for marked in its text, never inside a tag."""
    if not words:
        return html
    # Every other piece is a tag.
    pieces = enumerate(_TAG.split(html))
    marked = (
        piece if place % 2 else highlight.marked(unescape(piece), words) for place, piece in pieces
    )
    return mark_safe("".join(marked))  # noqa: S308 - tags are as they were, each text is escaped


@register.filter
def breakable(name: str) -> SafeString:
    """A file's name that a line can end in, after what stands between its words."""
    return mark_safe(re.sub(r"[_.-]+", r"\g<0><wbr>", escape(name)))  # noqa: S308


@register.filter
def at(values: Mapping[int, Value], key: int) -> Value | None:
    """What a mapping has for a key."""
    return values.get(key)
