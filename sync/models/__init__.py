"""Mailboxes and the mail in them: one noun a file."""

from sync.models.account import Account
from sync.models.bulk import BulkAction, BulkSlice
from sync.models.burial import Burial
from sync.models.change import Change
from sync.models.folder import Coverage, Folder, Label
from sync.models.grant import Grant
from sync.models.hour import Hour
from sync.models.inquiry import Inquiry
from sync.models.ledger import FailedMessage, LedgerEntry
from sync.models.marking import Marking
from sync.models.message import (
    Attachment,
    AttachmentContent,
    Message,
    MessageBody,
    Participant,
    SearchBacklog,
    SearchEntry,
)
from sync.models.move import Move
from sync.models.news import News, Watch, Watcher
from sync.models.rearrangement import Rearrangement
from sync.models.run import Run
from sync.models.searching import SearchWord, ThreadFolder
from sync.models.thread import Thread, ThreadReference
from sync.models.trusted_sender import TrustedSender

__all__ = [
    "Account",
    "Attachment",
    "AttachmentContent",
    "BulkAction",
    "BulkSlice",
    "Burial",
    "Change",
    "Coverage",
    "FailedMessage",
    "Folder",
    "Grant",
    "Hour",
    "Inquiry",
    "Label",
    "LedgerEntry",
    "Marking",
    "Message",
    "MessageBody",
    "Move",
    "News",
    "Participant",
    "Rearrangement",
    "Run",
    "SearchBacklog",
    "SearchEntry",
    "SearchWord",
    "Thread",
    "ThreadFolder",
    "ThreadReference",
    "TrustedSender",
    "Watch",
    "Watcher",
]
