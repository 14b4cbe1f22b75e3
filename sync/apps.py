"""The sync application: mailboxes and the mail in them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "sync"
    verbose_name = _("Mail and sync")

    def ready(self) -> None:
        # Models can only be imported once every application is there.
        from contacts.signals import addresses_changed
        from sync import relinking

        addresses_changed.connect(relinking.relink)
