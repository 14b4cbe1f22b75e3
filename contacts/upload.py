"""A file of contacts, from its upload to the last of its lines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.cards import read_cards
from contacts.lines import Line, Unreadable
from contacts.tables import Column, Table, guess_columns, read_table, table_lines

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT = timedelta(days=1)


class Upload(models.Model):
    """What somebody has uploaded; the file is forgotten once imported, all of it after a day."""

    class Kind(models.TextChoices):
        TABLE = "table", _("CSV")
        CARDS = "cards", _("vCard")

    class State(models.TextChoices):
        WAITING = "waiting", _("Not imported yet")
        RUNNING = "running", _("Being imported")
        DONE = "done", _("Imported")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    data = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TABLE)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    columns = models.JSONField(default=list, help_text=_("What each column of the table is."))
    duplicates = models.CharField(max_length=8, blank=True)
    total = models.PositiveIntegerField(default=0, help_text=_("Lines in the file."))
    done = models.PositiveIntegerField(default=0, help_text=_("Lines that were worked through."))
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    broken = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, help_text=_("The first lines that are broken."))

    def __str__(self) -> str:
        return self.name

    @classmethod
    def take(cls, owner: User, name: str, data: bytes) -> Upload:
        """Keep a file for its preview. Raises Unreadable."""
        cards = b"BEGIN:VCARD" in data.replace(b"\0", b"")[:4_000].upper()
        upload = cls(owner=owner, name=name[:255], data=data)
        if cards:
            upload.kind, upload.total = cls.Kind.CARDS, len(read_cards(data))
        else:
            table = read_table(data)
            upload.columns = guess_columns(table.header)
            upload.total = sum(1 for _line in table_lines(table, []))
        if not upload.total:
            raise Unreadable
        upload.save()
        return upload

    @classmethod
    def forget_old(cls) -> None:
        cls.objects.filter(at__lt=timezone.now() - KEPT).delete()

    @property
    def table(self) -> Table:
        return read_table(bytes(self.data))

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    def lines(self) -> list[Line]:
        """What it says, as its columns were chosen."""
        if self.kind == self.Kind.CARDS:
            return read_cards(bytes(self.data))
        return list(table_lines(self.table, [Column(value) for value in self.columns]))

    def begin(self, duplicates: str) -> None:
        """From now on contacts.import_work imports it; a second click begins nothing twice."""
        waiting = Upload.objects.filter(pk=self.pk, state=self.State.WAITING)
        waiting.update(state=self.State.RUNNING, duplicates=duplicates, columns=self.columns)
        self.refresh_from_db()
