"""Attachments and whole sources: fetched from the provider when somebody opens one.

A file that was fetched is kept; a source, which holds all files of its message, is not.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

from django.db.models import F

from contacts.locks import alone
from sync import problems
from sync.connecting import connect
from sync.models import Attachment, AttachmentContent, LedgerEntry, Message
from sync.parse import attachment_bytes, part_bytes
from sync.secrets import SecretUnreadable
from sync.wire import (
    CommandRefused,
    Connection,
    FolderMissing,
    FolderNotSelectable,
    MessageMissing,
    WireError,
)

# Images that stand in a text are fetched together, up to so many bytes.
_TOGETHER = 10 * 1024 * 1024
# Somebody waits, of a large file on a slow line for long, but no server keeps the site for ever.
_SECONDS = 300
# Bytes of a file as it is sent; it is held in memory, whatever a server says that it is.
LARGEST = 128 * 1024 * 1024
# Of a message whose files are fetched, see contacts.locks.
_LOCKS = 0x66696C65


class PasswordUnreadable(WireError):
    """Nobody can sign in to the account until its password is given again."""

    code = problems.SECRET_UNREADABLE


class FileTooLarge(WireError):
    """More comes than is ever kept."""

    code = "file_too_large"


def open_attachment(attachment: Attachment) -> bytes:
    """The decoded file. Raises WireError, MessageMissing where no copy is on the server."""
    for _ in fetching(attachment):
        pass
    return bytes(AttachmentContent.objects.get(attachment=attachment).data)


def fetching(attachment: Attachment) -> Iterator[int]:
    """Fetch the file and keep it; yields how many bytes have come. Raises as `open_attachment`.

    Whoever asks for a file of the same message meanwhile waits, and finds it here.
    """
    if _is_kept(attachment):
        return
    with alone(_LOCKS, attachment.message_id, wait=True):
        if not _is_kept(attachment):
            with _copy_of(attachment.message) as (connection, uid):
                yield from _fetch(connection, uid, attachment)
                # The one that was asked for is here; what becomes of these is found out later.
                with suppress(WireError):
                    for other in _beside(attachment):
                        yield from _fetch(connection, uid, other)


def original_source(message: Message) -> bytes:
    """All of the message as it was sent. Raises WireError."""
    with _copy_of(message) as (connection, uid):
        return connection.raw(uid)


def _is_kept(attachment: Attachment) -> bool:
    return AttachmentContent.objects.filter(attachment=attachment).exists()


def _beside(attachment: Attachment) -> list[Attachment]:
    """Images of the same text: one connection for all of them."""
    if not attachment.inline:
        return []
    others = attachment.message.attachments.filter(inline=True, content=None).order_by("pk")
    small, size = [], 0
    for one in others.exclude(pk=attachment.pk):
        size += one.size
        if size > _TOGETHER:
            break
        small.append(one)
    return small


def _fetch(connection: Connection, uid: int, attachment: Attachment) -> Iterator[int]:
    """One part; of the whole message where the server counts its parts in another way than we."""
    try:
        raw = yield from _gather(connection, uid, attachment.section)
        data: bytes | None = part_bytes(raw, attachment.encoding)
    except (MessageMissing, CommandRefused):
        raw = yield from _gather(connection, uid, "")
        data = attachment_bytes(raw, attachment.section, attachment.encoding)
    if data is None:
        raise MessageMissing("The message has no such part.")
    AttachmentContent.objects.get_or_create(attachment=attachment, defaults={"data": data})


def _gather(connection: Connection, uid: int, section: str) -> Generator[int, None, bytes]:
    pieces: list[bytes] = []
    size = 0
    for piece in connection.pieces(uid, section):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise FileTooLarge
        yield size
    return b"".join(pieces)


@contextmanager
def _copy_of(message: Message) -> Iterator[tuple[Connection, int]]:
    """A connection with a folder open that still has the message, and its UID there."""
    copies = LedgerEntry.objects.filter(message=message, expunged_at=None).select_related(
        "folder__account"
    )
    found = list(copies.order_by(F("folder__missing_since").asc(nulls_first=True), "pk"))
    if not found:
        raise MessageMissing("No copy of the message is on the server any more.")
    account = found[0].folder.account
    try:
        account.secret()
    except SecretUnreadable as error:
        raise PasswordUnreadable from error
    with connect(account, seconds=_SECONDS) as connection:
        for copy in found:
            try:
                status = connection.examine(bytes(copy.folder.raw_name))
            except (FolderMissing, FolderNotSelectable):
                # Another copy may lie where the folder went.
                continue
            same = not status.uidvalidity or status.uidvalidity == copy.uidvalidity
            if same and connection.has(copy.uid):
                yield connection, copy.uid
                return
    raise MessageMissing("No copy of the message is where it was; the next look may find it.")
