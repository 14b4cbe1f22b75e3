"""What a person marked as read or unread, so that it can be undone."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Marking(models.Model):
    """Messages that were marked at once; each was the other way before.

    What a person does in one click is one `action`: a row for each slice of it.
    """

    action = models.UUIDField(db_index=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    seen = models.BooleanField()
    messages = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{len(self.messages)} {'read' if self.seen else 'unread'}"
