"""Mail that is here follows the contacts: an address that comes or goes relinks it at once."""

from sync import summaries


def relink(addresses: set[str], **_: object) -> None:
    """For contacts.signals.addresses_changed, inside the transaction that changed them."""
    summaries.refresh_for_addresses(addresses)
