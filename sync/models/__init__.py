"""Mailboxes and the mail in them: one noun a file."""

from sync.models.account import Account
from sync.models.folder import Coverage, Folder, Label
from sync.models.ledger import LedgerEntry
from sync.models.message import Attachment, Message, MessageBody, Participant
from sync.models.run import Run
from sync.models.thread import Thread, ThreadReference

__all__ = [
    "Account",
    "Attachment",
    "Coverage",
    "Folder",
    "Label",
    "LedgerEntry",
    "Message",
    "MessageBody",
    "Participant",
    "Run",
    "Thread",
    "ThreadReference",
]
