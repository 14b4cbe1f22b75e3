"""What a person did to conversations, so that it can be undone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sync.models.thread import Thread


class Move(models.Model):
    """Conversations that went from one state to another at once.

    What a person does in one click is one `action`: a row for each state they came from.
    """

    action = models.UUIDField(db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    was = models.CharField(max_length=8, choices=Thread.State.choices)
    became = models.CharField(max_length=8, choices=Thread.State.choices)
    threads = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{len(self.threads)} {self.was} -> {self.became}"
