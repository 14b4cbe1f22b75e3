from django.apps import AppConfig


class CrmInboxConfig(AppConfig):
    name = "crm_inbox"
    verbose_name = "CRM Inbox"
