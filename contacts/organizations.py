"""Companies and other organisations that contacts work for."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.folding import Fold


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def search(self, text: str) -> OrganizationQuerySet:
        """Every word appears in the name; accents do not matter."""
        found = self
        for word in text.split():
            found = found.filter(sort_key__contains=Fold(word))
        return found


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=255, unique=True)
    sort_key = models.TextField(
        editable=False, db_default="", help_text=_("The folded name, kept by the database.")
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "pk")
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="contacts_organization_list"),
            GinIndex(
                fields=["sort_key"],
                name="contacts_organization_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name
