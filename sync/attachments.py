"""Attachments: fetched from the provider when somebody opens one, then kept."""

from sync.connecting import connect
from sync.models import Attachment, AttachmentContent, LedgerEntry
from sync.parse import attachment_bytes, part_bytes
from sync.wire import CommandRefused, Connection, MessageMissing


def open_attachment(attachment: Attachment) -> bytes:
    """The decoded file. Raises WireError, MessageMissing where no copy is on the server."""
    kept = AttachmentContent.objects.filter(attachment=attachment).first()
    if kept is not None:
        return bytes(kept.data)
    data = _fetch(attachment)
    AttachmentContent.objects.get_or_create(attachment=attachment, defaults={"data": data})
    return data


def _fetch(attachment: Attachment) -> bytes:
    copies = LedgerEntry.objects.filter(
        message=attachment.message_id, state=LedgerEntry.State.STORED, expunged_at=None
    ).select_related("folder__account")
    copy = copies.first()
    if copy is None:
        raise MessageMissing("No copy of the message is on the server any more.")
    with connect(copy.folder.account) as connection:
        status = connection.examine(bytes(copy.folder.raw_name))
        if status.uidvalidity and status.uidvalidity != copy.uidvalidity:
            raise MessageMissing("The folder was renumbered; the next look finds the message.")
        return _read(connection, copy.uid, attachment)


def _read(connection: Connection, uid: int, attachment: Attachment) -> bytes:
    """One part; the whole message where the server counts its parts in another way than we do."""
    try:
        return part_bytes(connection.part(uid, attachment.section), attachment.encoding)
    except (MessageMissing, CommandRefused):
        data = attachment_bytes(connection.raw(uid), attachment.section, attachment.encoding)
    if data is None:
        raise MessageMissing("The message has no such part.")
    return data
