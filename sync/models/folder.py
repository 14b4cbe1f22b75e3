"""Folders at the provider, the labels people pick, and what period is covered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account


class Folder(models.Model):
    """An IMAP mailbox; its raw name is its identity, the decoded one is for display."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="folders")
    raw_name = models.BinaryField(help_text=_("As LIST gave it (RFC 3501, section 5.1.3)."))
    name = models.TextField()
    delimiter = models.CharField(max_length=4, blank=True)
    special_use = models.CharField(
        max_length=20, blank=True, help_text=_("Its attribute by RFC 6154, such as \\Sent.")
    )
    selectable = models.BooleanField(default=True)

    uidvalidity = models.PositiveBigIntegerField(null=True)
    uidnext = models.PositiveBigIntegerField(
        null=True, help_text=_("Every UID below it is in the ledger or outside the window.")
    )
    highestmodseq = models.PositiveBigIntegerField(null=True)
    messages = models.PositiveBigIntegerField(
        null=True, help_text=_("How many messages the server had at the last complete look.")
    )
    flags_checked_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "raw_name"], name="folder_once_an_account")
        ]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    """What a person picks: a folder, a Gmail label or a keyword."""

    class Kind(models.TextChoices):
        FOLDER = "folder", _("Folder")
        GMAIL = "gmail", _("Gmail label")
        KEYWORD = "keyword", _("Keyword")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="labels")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    raw_name = models.BinaryField()
    name = models.TextField()
    chosen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "raw_name"], name="label_once_an_account"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Coverage(models.Model):
    """Everything that carries a label in a folder, from a moment on, is in the ledger."""

    class Scope(models.TextChoices):
        EVERYONE = "everyone", _("Everyone")
        CONTACTS = "contacts", _("Only my contacts")

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="coverage")
    label = models.ForeignKey(
        Label, null=True, on_delete=models.CASCADE, help_text=_("None: the whole folder.")
    )
    scope = models.CharField(max_length=8, choices=Scope.choices)
    since = models.DateTimeField()
    contacts_as_of = models.DateTimeField(
        null=True, help_text=_("Contact addresses created later were not looked for.")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "label", "scope"],
                name="coverage_once_a_scope",
                nulls_distinct=False,
            )
        ]
