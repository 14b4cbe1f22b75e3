"""What a slice of work came to: a line in the log, and the hour's numbers."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sync.models import Hour
from sync.secrets import SecretUnreadable
from sync.session import Session
from sync.wire import WireError

logger = logging.getLogger(__name__)


@contextmanager
def counted(session: Session) -> Iterator[None]:
    """Around a session and outside of transactions; a worker that is killed inside counts not."""
    began, troubles = time.monotonic(), 0
    try:
        yield
    except (WireError, SecretUnreadable):
        troubles = 1
        raise
    finally:
        seconds = time.monotonic() - began
        Hour.add(
            messages=session.stored,
            slices=1,
            troubles=troubles,
            runs=session.runs,
            commands=session.commands,
            seconds=seconds,
        )
        # Looks that found nothing are most of them.
        level = logging.INFO if session.stored or session.runs else logging.DEBUG
        logger.log(
            level,
            "Worked for %.1f s: %d messages stored, %d runs ended, %d IMAP commands.",
            seconds,
            session.stored,
            session.runs,
            session.commands,
        )
