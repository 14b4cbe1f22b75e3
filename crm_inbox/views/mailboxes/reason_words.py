"""Why a message is here or is not, in a person's words, and what can be done about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sync.reasons import Why

# A few words for a chip.
SHORT = {
    Why.HERE: _("Here"),
    Why.TRASHED: _("In the trash"),
    Why.WAITING: _("On its way"),
    Why.ARRIVING: _("Just arrived"),
    Why.DELETED: _("Deleted by you"),
    Why.FAILED: _("Could not be read"),
    Why.MISSING: _("Missing"),
    Why.NOT_CONTACT: _("Not with a contact"),
    Why.TOO_OLD: _("Older than what was synced"),
    Why.LABEL: _("Label not chosen"),
}
# The same for the ledger's reasons, and for what has failed.
LEFT_OUT = {why.value: SHORT[why] for why in Why}

LONG = {
    Why.HERE: _("This message is here."),
    Why.TRASHED: _("You deleted it here. Until the trash is emptied it can be restored."),
    Why.WAITING: _("It is known and waits to be fetched, newest first."),
    Why.ARRIVING: _("It came after the last look. The next one brings it, within a minute or so."),
    Why.DELETED: _(
        "You deleted it here, so it does not come back by itself. The provider still has it."
    ),
    Why.FAILED: _("It was tried several times and could not be read."),
    Why.MISSING: _("It should be here and is not. Import it; a check finds others like it."),
    Why.NOT_CONTACT: _(
        "In this period only mail with your contacts was synced, and nobody in it is one."
    ),
    Why.TOO_OLD: _("It is older than the period that was synced."),
    Why.LABEL: _("Its folder or label is not among those that are synced."),
}
CONTACT_SINCE = _(
    "When this period was synced nobody in it was a contact; somebody is now. Sync the past emails"
    " of your contacts once more, or import this one."
)
# Reasons that an import ends.
IMPORTABLE = frozenset(
    {Why.DELETED, Why.FAILED, Why.MISSING, Why.NOT_CONTACT, Why.TOO_OLD, Why.LABEL}
)
