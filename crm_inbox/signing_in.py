"""Who came in, and who tried in vain, as lines of the log: for whoever watches the door.

What was typed as a name is not logged: now and then it is a password.
"""

from __future__ import annotations

import logging

from allauth.account.adapter import get_adapter
from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

logger = logging.getLogger(__name__)


def note_limit(request: HttpRequest) -> None:
    where = get_adapter().get_client_ip(request)
    logger.warning("A sign-in was refused after too many in vain, from %s.", where)


@receiver(user_logged_in)
def _came_in(request: HttpRequest, user: User, **_: object) -> None:
    logger.info("User %d signed in from %s.", user.pk, get_adapter().get_client_ip(request))


@receiver(user_login_failed)
def _failed(request: HttpRequest | None = None, **_: object) -> None:
    if request is not None:
        logger.warning("A sign-in failed, from %s.", get_adapter().get_client_ip(request))


@receiver(authentication_failed)
def _second_step_failed(request: HttpRequest, user: User, **_: object) -> None:
    """The password was right, or the person was in already."""
    where = get_adapter().get_client_ip(request)
    logger.warning("A second step of user %d failed, from %s.", user.pk, where)
