"""Celery's beat, which asks the database itself what is due.

A request to ask would wait in a queue behind the very work it is about, and where no worker
runs such requests would pile up.
"""

import os
import socket
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from django.db import close_old_connections

from sync.heard import Heart
from sync.tasks import tick


class Beat(PersistentScheduler):
    heart = Heart("beat")

    def apply_async(self, entry: ScheduleEntry, *args: Any, **options: Any) -> Any:
        """Errors are logged by `apply_entry`, and the next tick is tried again."""
        if entry.task != tick.name:
            return super().apply_async(entry, *args, **options)
        close_old_connections()
        result = tick()
        self.heart.beat(f"{socket.gethostname()}:{os.getpid()}")
        return result
