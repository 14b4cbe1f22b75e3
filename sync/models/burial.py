"""Conversations that were deleted for good and wait until their mail is emptied."""

from django.db import models


class Burial(models.Model):
    """A conversation in the queue of sync.deleting; by number, since merges take threads away."""

    thread = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.thread)
