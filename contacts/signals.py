"""What this package tells the ones above it, which it does not know."""

from collections.abc import Set as AbstractSet

from django.dispatch import Signal

# Sent with `addresses: set[str]`, normalised, whenever the contact that these
# addresses belong to may have changed: added, edited, removed, moved by a merge.
addresses_changed = Signal()


def announce(sender: type, addresses: AbstractSet[str]) -> None:
    """Tell the listeners, inside the caller's transaction.

    A listener that fails takes the change down with it: mail and contacts never disagree.
    """
    known = {address for address in addresses if address}
    if known:
        addresses_changed.send(sender=sender, addresses=known)
