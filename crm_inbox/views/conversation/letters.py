"""A message as the pages show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_inbox.files import File
from crm_inbox.quoting import split_quoted
from crm_inbox.sanitize import SafeMail, sanitize
from sync.models import Message, MessageBody, Participant
from sync.parse.words import decode_words

# Header fields that people ask about, beyond the addresses and the date.
_FIELDS = {
    "reply-to": _("Reply to"),
    "sender": _("Sent by"),
    "return-path": _("Return path"),
    "list-id": _("Mailing list"),
    "list-unsubscribe": _("Unsubscribe"),
    "in-reply-to": _("In reply to"),
    "message-id": _("Message-ID"),
    "x-mailer": _("Written with"),
    "user-agent": _("Written with"),
    "authentication-results": _("Authentication"),
}
_FOLD = re.compile(r"\r?\n[ \t]+")
_LONGEST = 1_000


@dataclass(frozen=True)
class Letter:
    """`images`: the person wants to see images from elsewhere in mail of this sender."""

    row: Message
    is_open: bool
    images: bool = False

    @property
    def body(self) -> MessageBody:
        """A message that was deleted for good has none."""
        try:
            return self.row.body
        except MessageBody.DoesNotExist:
            return MessageBody.of_nothing(self.row)

    @cached_property
    def mail(self) -> SafeMail:
        return self.safe_mail(self.images)

    def safe_mail(self, remote: bool) -> SafeMail:
        addresses = {
            file.row.content_id.strip("<>"): reverse("attachment", args=[file.row.pk])
            for file in self._all_files
            if file.row.content_id
        }
        return sanitize(self.body.html, addresses, remote=remote)

    @property
    def text_parts(self) -> Iterator[tuple[bool, str]]:
        """Pieces of the plain text, and whether each is quoted."""
        return split_quoted(self.body.text)

    @cached_property
    def _all_files(self) -> list[File]:
        return [File(row) for row in self.row.attachments.all()]

    @property
    def files(self) -> list[File]:
        """All but the images that stand in the text itself."""
        return [file for file in self._all_files if not self._is_in_text(file)]

    def _is_in_text(self, file: File) -> bool:
        name = file.row.content_id.strip("<>")
        return bool(file.row.inline and name and f"cid:{name}" in self.body.html)

    @property
    def recipients(self) -> list[tuple[str, list[Participant]]]:
        """The people of each role, by the role's name."""
        people = sorted(self.row.participants.all(), key=lambda person: person.position)
        return [
            (str(role.label), [person for person in people if person.role == role])
            for role in Participant.Role
            if any(person.role == role for person in people)
        ]

    @property
    def details(self) -> Iterator[tuple[str, str]]:
        """Other fields of the header, readable, each with its name."""
        for line in _FOLD.sub(" ", self.body.headers).splitlines():
            name, colon, value = line.partition(":")
            label = _FIELDS.get(name.strip().lower())
            if colon and label and value.strip():
                yield str(label), decode_words(value.strip()[:_LONGEST])[0]
