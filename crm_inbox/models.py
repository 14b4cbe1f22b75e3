"""What the site itself keeps: who was invited."""

from crm_inbox.invitations import Invitation

__all__ = ["Invitation"]
