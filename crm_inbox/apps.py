"""The site."""

from django.apps import AppConfig


class CrmInboxConfig(AppConfig):
    name = "crm_inbox"
    verbose_name = "CRM Inbox"

    def ready(self) -> None:
        # Tasks that a page starts go to the same broker as those of the workers.
        from crm_inbox import celery, signing_in  # noqa: F401 - imported for what they do
