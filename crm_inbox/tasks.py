"""Celery's door to what the site keeps beside mail."""

from celery import shared_task

from crm_inbox.invitations import Invitation
from crm_inbox.sessions import SessionStore


@shared_task
def forget_old() -> None:
    """Sessions that have ended, and invitations of long ago."""
    SessionStore.clear_expired()
    Invitation.objects.forget_old()
