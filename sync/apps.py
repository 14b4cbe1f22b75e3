"""The sync application: mailboxes and the mail in them."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    name = "sync"
