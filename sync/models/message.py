"""Messages: the row that lists read, and apart from it the text, the people and the files.

The parts of a message are written and removed together with it, in one transaction. So the
database need not look for the message of each row, which was a tenth of the work of storing; the
tests look for parts without a message after everything that may go wrong.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account
from sync.models.thread import Thread
from sync.packing import Texts, pack, unpack


class Message(models.Model):
    """A message of an account, however many copies of it the mailbox holds."""

    class Direction(models.TextChoices):
        RECEIVED = "received", _("Received")
        SENT = "sent", _("Sent")

    class Quality(models.TextChoices):
        GOOD = "good", _("Read")
        REPAIRED = "repaired", _("Read in spite of errors")
        STUB = "stub", _("Could not be read")

    # Neither has an index of its own: both stand first in one below.
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    dedupe_key = models.BinaryField(help_text=_("See sync.parse.identity; 16 bytes."))
    message_id = models.TextField(blank=True, help_text=_("Without angle brackets."))
    subject = models.TextField(blank=True)
    from_name = models.TextField(blank=True)
    from_address = models.TextField(blank=True, help_text=_("Normalised."))
    snippet = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, help_text=_("The Date header."))
    arrived_at = models.DateTimeField(help_text=_("INTERNALDATE."))
    size = models.PositiveBigIntegerField(help_text=_("RFC822.SIZE in bytes."))
    direction = models.CharField(max_length=8, choices=Direction.choices)
    quality = models.CharField(max_length=8, choices=Quality.choices, default=Quality.GOOD)
    seen = models.BooleanField(default=False)
    has_attachments = models.BooleanField(default=False)
    left_server_at = models.DateTimeField(null=True)
    tombstone_since = models.DateTimeField(
        null=True, help_text=_("Deleted in the CRM and emptied; only its key is left.")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "dedupe_key"], name="message_once_an_account"
            )
        ]
        indexes = [models.Index(fields=["thread", "arrived_at"], name="message_in_thread")]

    def __str__(self) -> str:
        return self.subject


class MessageBody(models.Model):
    """The large values of a message; no list reads them."""

    message = models.OneToOneField(
        Message,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="body",
        db_constraint=False,
    )
    packed = models.BinaryField(help_text=_("Headers, text and HTML; see sync.packing."))

    @classmethod
    def of_nothing(cls, message: Message) -> MessageBody:
        """For a message whose content is gone."""
        return cls(message=message, packed=pack("", "", ""))

    @property
    def headers(self) -> str:
        return self._texts.headers

    @property
    def text(self) -> str:
        return self._texts.text

    @property
    def html(self) -> str:
        return self._texts.html

    @cached_property
    def _texts(self) -> Texts:
        return unpack(bytes(self.packed))


class Participant(models.Model):
    """An address in a message's header."""

    class Role(models.TextChoices):
        FROM = "from", _("From")
        TO = "to", _("To")
        CC = "cc", _("Cc")
        BCC = "bcc", _("Bcc")

    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        related_name="participants",
        db_constraint=False,
        db_index=False,
    )
    role = models.CharField(max_length=4, choices=Role.choices)
    position = models.PositiveSmallIntegerField()
    name = models.TextField(blank=True)
    address = models.TextField(help_text=_("Normalised, as contacts.Address.normalized."))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "role", "position"], name="participant_once_a_place"
            )
        ]
        indexes = [models.Index(fields=["address", "role"], name="participant_by_address")]


class Attachment(models.Model):
    """A file of a message, described by the mail; its bytes stay at the provider till opened."""

    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        related_name="attachments",
        db_constraint=False,
        db_index=False,
    )
    section = models.CharField(max_length=64, help_text=_("Part number (RFC 3501, 6.4.5)."))
    name = models.TextField(blank=True)
    content_type = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(help_text=_("Decoded, in bytes."))
    content_id = models.TextField(blank=True)
    inline = models.BooleanField(default=False)
    encoding = models.CharField(
        max_length=40, blank=True, help_text=_("What sync.parse.attachment_bytes has to undo.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "section"], name="attachment_once_a_section")
        ]


class AttachmentContent(models.Model):
    """The bytes of an attachment that somebody has opened."""

    attachment = models.OneToOneField(
        Attachment, primary_key=True, on_delete=models.CASCADE, related_name="content"
    )
    data = models.BinaryField()
    fetched_at = models.DateTimeField(auto_now_add=True)


class SearchEntry(models.Model):
    """What the search looks at; written behind the sync, newest first."""

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="search"
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_vector")]


class SearchBacklog(models.Model):
    """A message that the search does not know yet."""

    message = models.OneToOneField(
        Message,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
    )
    arrived_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-arrived_at"], name="search_backlog_order")]
