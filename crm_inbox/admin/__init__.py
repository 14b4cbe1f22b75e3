"""The administration beyond mailboxes and contacts: people, mail if allowed, and how it runs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm_inbox.admin.invited import InvitationAdmin
from crm_inbox.admin.mail import LookAdmin, MessageAdmin
from crm_inbox.admin.people import PersonAdmin, SecondStepAdmin, SessionAdmin

__all__ = [
    "InvitationAdmin",
    "LookAdmin",
    "MessageAdmin",
    "PersonAdmin",
    "SecondStepAdmin",
    "SessionAdmin",
]

admin.site.site_header = admin.site.site_title = _("CRM Inbox: administration")
