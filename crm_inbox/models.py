"""What the site itself keeps: who was invited, who is signed in, and how each person
wants to see it."""

from crm_inbox.accounts import SecondStep
from crm_inbox.invitations import Invitation
from crm_inbox.looks import Look
from crm_inbox.profiles import Profile
from crm_inbox.sessions import Session

__all__ = ["Invitation", "Look", "Profile", "SecondStep", "Session"]
