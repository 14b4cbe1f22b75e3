"""That something is new for a person, as a number that open pages compare."""

from django.conf import settings
from django.db import models


class Change(models.Model):
    """Counts up whenever what a person's pages show may have changed."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
