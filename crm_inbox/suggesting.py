"""What a search that finds nothing may have meant."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from crm_inbox.filters import Filter
from crm_inbox.search_terms import understand
from sync.spelling import alike, unknown

# Numbers and very short words are like too many others.
_SPELT = re.compile(r"[^\W\d_]{3,24}")
# Words of one search that are put right, and tries to do so.
_MOST_WORDS, _MOST_TRIES = 3, 3


def did_you_mean(user: User, filter_: Filter, zone: ZoneInfo) -> str:
    """The search with its unknown words put right so that it finds something, "" where none does.

    Only what the person would find themselves is suggested: no word of somebody else's mail.
    """
    if filter_.search.problems:
        return ""
    words = list(dict.fromkeys(word for word in filter_.words if _SPELT.fullmatch(word)))
    wrong = unknown(user, words)
    if not 0 < len(wrong) <= _MOST_WORDS:
        return ""
    options = {word: alike(user, word) for word in wrong}
    if not all(options.values()):
        return ""
    for place in range(_MOST_TRIES):
        text = filter_.text
        for word, found in options.items():
            right = found[min(place, len(found) - 1)]
            text = re.sub(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", right, text)
        meant = replace(filter_, text=text, search=understand(text, zone))
        if meant.threads(user).exists():
            return text
    return ""
