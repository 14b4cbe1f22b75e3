"""What an import does with the lines of a file: judging them, then writing a batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction

from contacts.addresses import LONGEST, normalise
from contacts.lines import Line, Outcome
from contacts.models import Address, Contact, Organization
from contacts.signals import announce

_LONGEST_NAME = 255


class Duplicates(StrEnum):
    """What becomes of a line whose address somebody has already."""

    LEAVE = "leave"
    COMPLETE = "complete"
    UPDATE = "update"


@dataclass(frozen=True)
class Written:
    """How many contacts were made, how many were changed, how many lines were left out."""

    created: int = 0
    changed: int = 0
    left: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.created + other.created, self.changed + other.changed, self.left + other.left
        )


def judge(lines: Sequence[Line]) -> list[Line]:
    """Say of each line what an import would do with it; nothing is written."""
    judged = [_named(line) for line in lines]
    wanted = {normalise(address) for line in judged for address in line.addresses}
    rows = Address.objects.filter(normalized__in=wanted).select_related("contact")
    owners: dict[str, Contact | Line] = {row.normalized: row.contact for row in rows}
    named = _without_addresses(judged)
    for line in judged:
        _judge(line, owners, named)
    return judged


@transaction.atomic
def write(lines: Iterable[Line], duplicates: Duplicates) -> Written:
    """Make and change contacts as judged, all or none, and link the mail that is here."""
    judged = list(lines)
    known = [line for line in judged if line.outcome == Outcome.KNOWN]
    if duplicates == Duplicates.LEAVE:
        left, changing = len(known), []
    else:
        left, changing = 0, [line for line in known if line.contact]
        for line in known:
            _complete_twin(line)
    new = [line for line in judged if line.outcome == Outcome.NEW]
    organizations = _organizations([*new, *changing])
    added = _create(new, organizations)
    added += _change(changing, organizations, duplicates)
    Address.objects.bulk_create(added)
    announce(Contact, {address.normalized for address in added})
    return Written(len(new), len({line.contact for line in changing}), left)


def _named(line: Line) -> Line:
    """A copy that can be changed; what has no name is called by what else is known of it."""
    name = line.name or line.organization or next(iter(line.addresses), "")
    return replace(
        line,
        name=name[:_LONGEST_NAME],
        organization=line.organization[:_LONGEST_NAME],
        addresses=list(line.addresses),
        nameless=not line.name,
    )


def _without_addresses(lines: Iterable[Line]) -> dict[tuple[str, str], Contact | Line]:
    """Contacts of the same name and organisation as lines that have nothing else to go by."""
    names = {line.name for line in lines if not line.addresses}
    if not names:
        return {}
    found = Contact.objects.filter(name__in=names).select_related("organization")
    return {(one.name, one.organization.name if one.organization else ""): one for one in found}


def _judge(
    line: Line, owners: dict[str, Contact | Line], named: dict[tuple[str, str], Contact | Line]
) -> None:
    """Say what becomes of the line; its addresses are taken from then on."""
    if line.outcome == Outcome.BROKEN:
        return
    unique: dict[str, str] = {}
    for address in line.addresses:
        normalized = normalise(address)
        if not normalized or len(address) > LONGEST:
            line.outcome, line.culprit = Outcome.BROKEN, address
            return
        unique.setdefault(normalized, address)
    if not line.name:
        line.outcome = Outcome.BROKEN
        return
    taken = next((one for one in unique if one in owners), None)
    if taken:
        owner = owners[taken]
        line.culprit = unique[taken]
    else:
        owner = line if unique else named.setdefault((line.name, line.organization), line)
    # What only this line has is free for it.
    line.addresses = [email for one, email in unique.items() if one not in owners]
    owners.update({one: owner for one in unique if one not in owners})
    if owner is not line:
        _belongs(line, owner)


def _belongs(line: Line, owner: Contact | Line) -> None:
    line.outcome, line.owner = Outcome.KNOWN, owner.name
    if isinstance(owner, Contact):
        line.contact = owner.pk
    else:
        line.contact, line.twin = owner.contact, owner


def _complete_twin(line: Line) -> None:
    """A later line of the same file tells more of a contact that an earlier one makes."""
    twin = line.twin
    if twin is not None and twin.outcome == Outcome.NEW:
        twin.addresses += line.addresses
        twin.organization = twin.organization or line.organization


def _organizations(lines: Iterable[Line]) -> dict[str, Organization]:
    names = {line.organization for line in lines if line.organization}
    Organization.objects.bulk_create(
        (Organization(name=name) for name in sorted(names)), ignore_conflicts=True
    )
    return {row.name: row for row in Organization.objects.filter(name__in=names)}


def _create(lines: Sequence[Line], organizations: dict[str, Organization]) -> list[Address]:
    contacts = Contact.objects.bulk_create(
        Contact(name=line.name, organization=organizations.get(line.organization)) for line in lines
    )
    return [
        Address(contact=contact, email=email, normalized=normalise(email))
        for contact, line in zip(contacts, lines, strict=True)
        for email in line.addresses
    ]


def _change(
    lines: Sequence[Line], organizations: dict[str, Organization], duplicates: Duplicates
) -> list[Address]:
    contacts = Contact.objects.select_for_update().order_by("pk")
    found = contacts.in_bulk([line.contact for line in lines if line.contact])
    added: list[Address] = []
    for line in lines:
        contact = found.get(line.contact or 0)
        if contact is None:
            continue
        organization = organizations.get(line.organization)
        if duplicates == Duplicates.UPDATE:
            contact.name = contact.name if line.nameless else line.name
            contact.organization = organization or contact.organization
        elif contact.organization_id is None:
            contact.organization = organization
        added += [
            Address(contact=contact, email=email, normalized=normalise(email))
            for email in line.addresses
        ]
    Contact.objects.bulk_update(found.values(), ["name", "organization"], batch_size=500)
    return added
