"""How the pages write what mail holds."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

register = template.Library()


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
    return date_format(timezone.localtime(moment), "l, j F Y, H:i")
