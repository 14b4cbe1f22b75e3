"""What the site itself keeps: who was invited, and how each person wants to see it."""

from crm_inbox.invitations import Invitation
from crm_inbox.looks import Look
from crm_inbox.profiles import Profile

__all__ = ["Invitation", "Look", "Profile"]
