"""How the account's pages write what browsers say of themselves."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# What a browser's line holds -> its name. The order matters: most of them claim to be others.
_BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser(line: str) -> str:
    """Firefox, Linux; what cannot be told is said so."""
    name, system = _first(_BROWSERS, line), _first(_SYSTEMS, line)
    return ", ".join(filter(None, (name, system))) or _("Unknown browser")


def _first(names: dict[str, str], line: str) -> str:
    return next((name for mark, name in names.items() if mark in line), "")
