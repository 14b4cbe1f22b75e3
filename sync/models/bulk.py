"""Work on more conversations than a person should wait for in one click."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sync.models.thread import Thread


class BulkAction(models.Model):
    """One click on many conversations, done slice by slice; goes on when the page is closed.

    Its id is the `action` of the moves or markings it makes, which undo it.
    """

    action = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    to = models.CharField(max_length=8, help_text="A state, or read or unread.")
    as_of = models.DateTimeField(
        help_text="What has a newer message than this was not seen, and stays."
    )
    total = models.PositiveIntegerField(default=0, help_text="Conversations to look at.")
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Those that are elsewhere now.")
    undoing = models.BooleanField(default=False, help_text="From then on, all numbers are its.")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    touched_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["owner"],
                condition=models.Q(finished_at=None),
                name="bulk_action_under_way",
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total} -> {self.to}"

    @property
    def percent(self) -> int:
        return self.done * 100 // max(self.total, 1)


class BulkSlice(models.Model):
    """Conversations that are still to be worked on, all of which were in one state."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="slices")
    was = models.CharField(max_length=8, choices=Thread.State.choices)
    threads = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{len(self.threads)} {self.was}"
