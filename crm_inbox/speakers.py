"""Who takes part in a conversation, in a few words: "Isla, me"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from sync.models import Participant, Thread

# The first and the latest ones are named where more than these have written.
_NAMED = 3
# Beyond this letter come scripts in which the family name stands first.
_LAST_GIVEN_NAME_FIRST = "\u1fff"


def who(user: User, threads: Iterable[Thread]) -> dict[int, str]:
    """The people of each conversation, the latest speaker last, as `user` sees them.

    Where only its owner has written it is to whom.
    """
    threads = list(threads)
    told = {thread.pk: _names(thread.people, _owner(user, thread)) for thread in threads}
    return told | _recipients([thread.pk for thread in threads if thread.people == [None]])


def recipients(people: Sequence[Participant], own: Collection[str]) -> str:
    """To whom a message went, in a few words: "to me, Isla"; `own` are the reader's addresses."""
    me = pgettext("to whom a message went", "me")
    names = [me if one.address in own else one.name or one.address for one in people]
    if len(names) > 1:
        names = [_given(name) for name in names]
    named = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    if more > 0:
        said = npgettext("to whom a message went", "and %(count)s more", "and %(count)s more", more)
        named = f"{named} {said % {'count': more}}"
    return pgettext("behind the sender", "to %(names)s") % {"names": named} if named else ""


def owner_writes() -> str:
    """What whoever reads is called among those who have written."""
    return pgettext("who has written", "me")


def _owner(user: User, thread: Thread) -> str:
    if thread.owner_id == user.pk:
        return owner_writes()
    return thread.owner.get_username()


def _recipients(threads: list[int]) -> dict[int, str]:
    if not threads:
        return {}
    rows = (
        Participant.objects.filter(message__thread__in=threads, role=Participant.Role.TO)
        .filter(message__tombstone_since=None)
        .order_by("message__arrived_at", "message", "position")
        .values_list("message__thread", "name", "address")
    )
    names: dict[int, dict[str, None]] = {}
    for thread, name, address in rows:
        names.setdefault(thread, {}).setdefault(name or address)
    to = pgettext("before the recipients of a message", "To: %(names)s")
    return {thread: to % {"names": _names(list(theirs), "")} for thread, theirs in names.items()}


def _names(people: Sequence[str | None], owner: str) -> str:
    """Of several the given names alone, so that nobody is cut away."""
    if len(people) == 1:
        return owner if people[0] is None else people[0] or _("(no sender)")
    names = [owner if name is None else _given(name) for name in people]
    if len(names) > _NAMED:
        names = [f"{names[0]} … {names[-2]}", names[-1]]
    return ", ".join(names) or _("(no sender)")


def _given(name: str) -> str:
    """ "Isla Garside", "Garside, Isla" and isla@x.example are Isla, 中村 拓也 remains."""
    local, at, _domain = name.partition("@")
    if at and " " not in name:
        return local
    family, comma, given = name.partition(",")
    first = (given if comma else family).split()[:1]
    if not first or first[0][0] > _LAST_GIVEN_NAME_FIRST:
        return name or _("(no sender)")
    return first[0]
