"""What a person split or merged by hand, so that it can be undone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Rearrangement(models.Model):
    """Messages that went from one conversation to another.

    Threads are kept by number: a later merge may have taken one of them away.
    """

    action = models.UUIDField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    from_thread = models.BigIntegerField(db_index=True)
    to_thread = models.BigIntegerField()
    messages = ArrayField(models.BigIntegerField())
    # Ids of the ties that went along, and how the conversation was that has lost all its messages.
    ties = ArrayField(models.BigIntegerField(), default=list)
    was = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return f"{len(self.messages)} from {self.from_thread} to {self.to_thread}"
