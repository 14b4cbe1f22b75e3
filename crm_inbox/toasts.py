"""What is said of an action: done, under way with its progress, undone, or not done at all."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sync.bulk import GONE, MARKS
from sync.models import BulkAction, Thread

State = Thread.State


@dataclass(frozen=True)
class Toast:
    """A sentence about an action: one that `can_undo`, or with `percent`, to be followed."""

    text: str
    action: UUID | str = ""
    can_undo: bool = False
    percent: int | None = None
    failed: bool = False

    @classmethod
    def of(cls, bulk: BulkAction) -> Toast:
        if not bulk.finished_at:
            can_undo = not bulk.undoing and bulk.to != GONE
            return cls(_under_way(bulk), bulk.action, can_undo, bulk.percent)
        if bulk.undoing:
            return _undone(bulk)
        if _is_for_good(bulk):
            return _gone(bulk)
        if bulk.changed:
            return cls(_done(bulk.to, bulk.changed), bulk.action, can_undo=True)
        if bulk.to in MARKS:
            return cls(_("They are marked so already."))
        return cls(_("Nothing was selected, so nothing has changed."), failed=True)


def _is_for_good(bulk: BulkAction) -> bool:
    at_once = bulk.to == State.TRASHED and not settings.TRASH_DAYS
    return bulk.to == GONE or bool(at_once and bulk.changed)


def _gone(bulk: BulkAction) -> Toast:
    if not bulk.changed:
        return Toast(_("Nothing was in the trash, so nothing has changed."), failed=True)
    text = ngettext(
        "%(count)s conversation deleted for good.",
        "%(count)s conversations deleted for good.",
        bulk.changed,
    )
    return Toast(text % {"count": _number(bulk.changed)})


def _undone(bulk: BulkAction) -> Toast:
    if not bulk.changed:
        return Toast(_("This cannot be undone any more."), failed=True)
    text = ngettext(
        "%(count)s conversation is as it was.",
        "%(count)s conversations are as they were.",
        bulk.changed,
    )
    return Toast(text % {"count": _number(bulk.changed)})


def _under_way(bulk: BulkAction) -> str:
    said = {"done": _number(bulk.done), "total": _number(bulk.total)}
    if bulk.undoing:
        return _("Putting back: %(done)s of %(total)s conversations") % said
    if bulk.to == GONE:
        return _("Deleting for good: %(done)s of %(total)s conversations") % said
    if bulk.to == State.ARCHIVED:
        return _("Archiving: %(done)s of %(total)s conversations") % said
    if bulk.to == State.TRASHED:
        return _("Moving to the trash: %(done)s of %(total)s conversations") % said
    if bulk.to == State.INBOX:
        return _("Moving to the inbox: %(done)s of %(total)s conversations") % said
    if bulk.to == "read":
        return _("Marking as read: %(done)s of %(total)s conversations") % said
    return _("Marking as unread: %(done)s of %(total)s conversations") % said


def _done(to: str, count: int) -> str:
    if to == "read":
        text = ngettext(
            "%(count)s conversation marked as read.",
            "%(count)s conversations marked as read.",
            count,
        )
    elif to == "unread":
        text = ngettext(
            "%(count)s conversation marked as unread.",
            "%(count)s conversations marked as unread.",
            count,
        )
    elif to == State.ARCHIVED:
        text = ngettext(
            "%(count)s conversation archived.", "%(count)s conversations archived.", count
        )
    elif to == State.TRASHED:
        text = ngettext(
            "%(count)s conversation moved to the trash.",
            "%(count)s conversations moved to the trash.",
            count,
        )
    else:
        text = ngettext(
            "%(count)s conversation moved to the inbox.",
            "%(count)s conversations moved to the inbox.",
            count,
        )
    return text % {"count": _number(count)}


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)
