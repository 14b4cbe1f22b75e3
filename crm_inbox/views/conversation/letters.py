"""A message as the pages show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm_inbox.files import File
from crm_inbox.quoting import split_quoted
from crm_inbox.sanitize import SafeMail, sanitize
from crm_inbox.speakers import owner_writes, recipients
from crm_inbox.views.access import SignedIn
from sync.models import Message, MessageBody, Participant, Thread
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


def own_addresses(request: SignedIn, thread: Thread) -> Collection[str]:
    """Whom the pages call "me" in a conversation; nobody in that of a colleague."""
    return thread.account.own_addresses if thread.owner_id == request.user.pk else ()


@dataclass(frozen=True)
class Letter:
    """`images`: the person wants to see images from elsewhere in mail of this sender.

    `own` are the reader's addresses in this mailbox, none of them in a colleague's.
    """

    row: Message
    is_open: bool
    images: bool = False
    own: Collection[str] = ()

    @property
    def sender(self) -> str:
        if self.own and self.row.direction == Message.Direction.SENT:
            return owner_writes()
        return self.row.from_name or self.row.from_address or gettext("(no sender)")

    @property
    def to(self) -> str:
        """Those it went to, openly or as a copy."""
        shown = (Participant.Role.TO, Participant.Role.CC)
        people = [one for one in self.row.participants.all() if one.role in shown]
        people.sort(key=lambda one: (shown.index(Participant.Role(one.role)), one.position))
        return recipients(people, self.own)

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
