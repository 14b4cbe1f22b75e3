"""The people and organisations a company knows, shared by all its users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.addresses import normalise
from contacts.folding import Fold
from contacts.organizations import Organization
from contacts.signals import announce
from contacts.upload import Upload

__all__ = [
    "Address",
    "AddressQuerySet",
    "AddressTaken",
    "Contact",
    "ContactQuerySet",
    "InvalidAddress",
    "Organization",
    "Upload",
]


class InvalidAddress(ValueError):
    """What was typed is no email address."""


class AddressTaken(Exception):
    """The address already belongs to another contact, named by `owner`."""

    def __init__(self, owner: Contact) -> None:
        super().__init__(f"The address belongs to {owner}.")
        self.owner = owner


class ContactQuerySet(models.QuerySet["Contact"]):
    def search(self, text: str) -> ContactQuerySet:
        """Every word appears in the name, the organisation or an address; accents do not matter."""
        found = self
        for word in text.split():
            found = found.filter(search_text__contains=Fold(word))
        return found

    def with_address(self, normalized: str) -> ContactQuerySet:
        """The one contact, if any, that the normalised address belongs to."""
        return self.filter(addresses__normalized=normalized)

    def normalized_addresses(self) -> set[str]:
        return set(
            Address.objects.filter(contact__in=self.values("pk")).values_list(
                "normalized", flat=True
            )
        )

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            addresses = self.order_by().normalized_addresses()
            deleted = super().delete()
            announce(Contact, addresses)
        return deleted

    # As Django's own: not on the manager, where it would empty the table.
    delete.queryset_only = True  # type: ignore[attr-defined]  # Django marks functions so


class Contact(models.Model):
    name = models.CharField(_("name"), max_length=255)
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("organization"),
        related_name="contacts",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    sort_key = models.TextField(
        editable=False, db_default="", help_text=_("The folded name, kept by the database.")
    )
    search_text = models.TextField(
        editable=False,
        db_default="",
        help_text=_("Name, organisation and addresses, folded, kept by the database."),
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "pk")
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar = [
            models.Index(fields=["sort_key", "id"], name="contacts_contact_list"),
            models.Index(
                fields=["organization", "sort_key", "id"], name="contacts_of_organization"
            ),
            GinIndex(
                fields=["search_text"],
                name="contacts_contact_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def add_address(self, email: str) -> Address:
        """Give this contact one more address; adding one it has already changes nothing.

        Raises InvalidAddress, or AddressTaken where another contact has it.
        """
        normalized = normalise(email)
        if not normalized:
            raise InvalidAddress(email)
        address, _created = Address.objects.get_or_create(
            normalized=normalized, defaults={"contact": self, "email": email.strip()}
        )
        if address.contact_id != self.pk:
            raise AddressTaken(address.contact)
        return address

    def add_addresses(self, emails: Iterable[str]) -> None:
        """Give it several, the main one first; all or none. Raises as add_address does."""
        with transaction.atomic():
            rows = [self.add_address(email) for email in emails]
            if len(rows) > 1:
                self.make_main(rows[0].email)

    def remove_address(self, email: str) -> None:
        """Take the address away; one that this contact does not have is no error."""
        self.addresses.filter(normalized=normalise(email)).delete()

    def make_main(self, email: str) -> None:
        """Show this of its addresses first; one that this contact does not have changes nothing."""
        wanted = normalise(email)
        if self.addresses.filter(normalized=wanted).exists():
            self.addresses.update(main=Case(When(normalized=wanted, then=True), default=False))

    def merge_into(
        self, other: Contact, *, name: str = "", organization: Organization | None = None
    ) -> None:
        """Hand all addresses over and go; `other` gets the name and organisation that are given.

        Where it has no organisation and none is given, it gets this one's. Its first address stays
        the main one. Raises ValueError when asked to merge a contact into itself.
        """
        if self.pk == other.pk:
            raise ValueError("A contact cannot be merged into itself.")
        with transaction.atomic():
            # In one order, so that two merges of the same pair cannot wait for each other.
            list(
                Contact.objects.filter(pk__in=(self.pk, other.pk))
                .order_by("pk")
                .select_for_update()
            )
            # Read before they are together, where the oldest of all would come first.
            of = Address.objects.filter
            main = of(contact=other).first() or of(contact=self).first()
            self.addresses.all().move_to(other)
            if main:
                other.make_main(main.email)
            other.name = name or other.name
            other.organization = organization or other.organization or self.organization
            other.save(update_fields=("name", "organization", "updated_at"))
            self.delete()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            addresses = Contact.objects.filter(pk=self.pk).normalized_addresses()
            deleted = super().delete(*args, **kwargs)
            announce(Contact, addresses)
        return deleted


class AddressQuerySet(models.QuerySet["Address"]):
    """Its verbs announce what they change; update() and bulk_create() do not."""

    def move_to(self, contact: Contact) -> None:
        with transaction.atomic():
            moved = set(self.values_list("normalized", flat=True))
            self.update(contact=contact, main=False)
            announce(Address, moved)

    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            gone = set(self.values_list("normalized", flat=True))
            deleted = super().delete()
            announce(Address, gone)
        return deleted

    # As Django's own: not on the manager, where it would empty the table.
    delete.queryset_only = True  # type: ignore[attr-defined]  # Django marks functions so


class Address(models.Model):
    """One email address; it belongs to one contact in the whole installation."""

    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), related_name="addresses", on_delete=models.CASCADE
    )
    email = models.CharField(_("email address"), max_length=320)
    normalized = models.TextField(_("normalised address"), unique=True, editable=False)
    # Indexed so that a contacts-only sync finds what was added since it last looked.
    created_at = models.DateTimeField(_("added"), auto_now_add=True, db_index=True)
    # Where a contact has no such address, the oldest one is shown first.
    main = models.BooleanField(_("main address"), default=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ("-main", "pk")
        verbose_name = _("email address")
        verbose_name_plural = _("email addresses")
        indexes: ClassVar = [
            GinIndex(
                fields=["normalized"],
                name="contacts_address_trigrams",
                opclasses=["gin_trgm_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.normalized = normalise(self.email)
        if not self.normalized:
            raise ValidationError({"email": _("This is not an email address.")})
        others = Address.objects.exclude(pk=self.pk)
        taken = others.filter(normalized=self.normalized).select_related("contact").first()
        if taken:
            raise ValidationError(
                {
                    "email": _("This address already belongs to %(contact)s.")
                    % {"contact": taken.contact}
                }
            )

    def save(
        self,
        *args: Any,
        update_fields: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Store the address under its normalised form. Raises InvalidAddress where it has none."""
        self.normalized = normalise(self.email)
        if not self.normalized:
            raise InvalidAddress(self.email)
        if update_fields is not None:
            update_fields = {*update_fields, "normalized"}
        with transaction.atomic():
            before = self._stored()
            if before[0] not in ("", self.normalized):
                # Another address: no sync has looked for it yet.
                self.created_at = timezone.now()
                update_fields = update_fields and {*update_fields, "created_at"}
            super().save(*args, update_fields=update_fields, **kwargs)
            if before != (self.normalized, self.contact_id):
                announce(Address, {before[0], self.normalized})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            stored, _contact = self._stored()
            deleted = super().delete(*args, **kwargs)
            announce(Address, {stored})
        return deleted

    def _stored(self) -> tuple[str, int | None]:
        """The normalised address and the contact as the database has them now."""
        row = (
            Address.objects.filter(pk=self.pk)
            .select_for_update()
            .values_list("normalized", "contact_id")
            .first()
        )
        return row or ("", None)
