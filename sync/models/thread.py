"""Conversations."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sync.models.account import Account

_UNREAD = """
SELECT state, (SELECT count(*) FROM (
    SELECT FROM sync_thread WHERE {whose} = %s AND sync_thread.state = wanted.state
    AND unread_count > 0 LIMIT %s
) unread) FROM unnest(%s) wanted(state)
"""


class ThreadQuerySet(models.QuerySet["Thread"]):
    def shared(self) -> ThreadQuerySet:
        """Those that their owners let the team read; none that is in the trash."""
        return self.filter(shared_at__isnull=False, state__in=Thread.SHAREABLE)

    def filed_under(self, folder: int, state: Thread.State) -> ThreadQuerySet:
        """Those in the state that have a message in the folder now.

        Their `moment` is `last_message_at` once more: in its order, a page of them is one range
        of an index, however few or far down they are.
        """
        found = self.filter(filed__folder=folder, filed__state=state)
        return found.annotate(moment=models.F("filed__last_message_at"))

    def unread_by_state(self, whose: User | Account, limit: int) -> dict[str, int]:
        """How many conversations of an owner or account are unread in the inbox, in the archive.

        Counted up to `limit` only, so that it costs the same whatever the mailbox holds.
        """
        states = [Thread.State.INBOX.value, Thread.State.ARCHIVED.value]
        with connection.cursor() as cursor:
            column = "account_id" if isinstance(whose, Account) else "owner_id"
            cursor.execute(_UNREAD.format(whose=column), [whose.pk, limit, states])
            return dict(cursor.fetchall())


class Thread(models.Model):
    """A conversation, with what a list shows of it kept on the row.

    The owner and the contact flags repeat what the messages say, so that a page of the inbox,
    filtered or not, is one range of one index whatever the size of the mailbox.
    """

    class State(models.TextChoices):
        INBOX = "inbox", _("Inbox")
        ARCHIVED = "archived", _("Archive")
        TRASHED = "trashed", _("Trash")
        EMPTY = "empty", _("Nothing left but tombstones")

    # What is in the trash nobody else can read, whoever it was shared with.
    SHAREABLE = (State.INBOX, State.ARCHIVED)

    # Neither has an index of its own: both stand first in one below.
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="threads", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    server_thread = models.CharField(
        max_length=64, blank=True, help_text=_("X-GM-THRID or THREADID (RFC 8474).")
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.INBOX)
    trashed_at = models.DateTimeField(null=True)
    shared_at = models.DateTimeField(
        null=True, editable=False, help_text=_("Since when the owner lets the team read it.")
    )

    subject = models.TextField(blank=True)
    snippet = models.CharField(max_length=200, blank=True)
    people = models.JSONField(
        default=list,
        help_text=_("Names, the latest speaker last; null is whoever connected the account."),
    )
    last_message_at = models.DateTimeField()
    message_count = models.PositiveIntegerField(default=0)
    unread_count = models.PositiveIntegerField(default=0)
    has_attachments = models.BooleanField(default=False)
    has_sent = models.BooleanField(default=False)
    from_contact = models.BooleanField(
        default=False, help_text=_("At least one received message comes from a contact.")
    )
    to_contact = models.BooleanField(
        default=False, help_text=_("At least one sent message goes to a contact.")
    )

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "state", "-last_message_at", "-id"], name="thread_list"),
            models.Index(
                fields=["owner", "state", "-last_message_at", "-id"],
                condition=models.Q(from_contact=True),
                name="thread_list_from_contact",
            ),
            models.Index(
                fields=["owner", "state", "-last_message_at", "-id"],
                condition=models.Q(to_contact=True),
                name="thread_list_to_contact",
            ),
            models.Index(
                fields=["owner", "state", "-last_message_at", "-id"],
                condition=models.Q(unread_count__gt=0),
                name="thread_list_unread",
            ),
            models.Index(
                fields=["account", "state"],
                condition=models.Q(unread_count__gt=0),
                name="thread_unread_account",
            ),
            models.Index(
                fields=["account", "state", "-last_message_at", "-id"], name="thread_list_account"
            ),
            # Where a search looks, and the Sent view: more states than one have no order together.
            models.Index(
                fields=["owner", "-last_message_at", "-id"],
                condition=models.Q(state__in=("inbox", "archived")),
                name="thread_list_mail",
            ),
            models.Index(
                fields=["owner", "-last_message_at", "-id"],
                condition=models.Q(state__in=("inbox", "archived"), has_sent=True),
                name="thread_list_sent",
            ),
            models.Index(
                fields=["-last_message_at", "-id"],
                condition=models.Q(shared_at__isnull=False),
                name="thread_list_shared",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "server_thread"],
                condition=~models.Q(server_thread=""),
                name="thread_once_a_server_thread",
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None and self.state in self.SHAREABLE

    def share(self, with_team: bool) -> None:
        """Let every colleague read it, what is still to come in it too, or nobody any more."""
        self.shared_at = (self.shared_at or timezone.now()) if with_team else None
        self.save(update_fields=["shared_at"])


class ThreadReference(models.Model):
    """Which conversation a Message-ID belongs to, seen or not yet seen.

    Newest-first means that a reply arrives before its parent: the parent's id is here first.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    digest = models.BinaryField(help_text=_("BLAKE2b of the Message-ID, 16 bytes."))
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="references")
    by_hand = models.BooleanField(
        db_default=False,
        help_text=_("A person decided it, which outranks headers and the server."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="reference_once_an_account")
        ]
