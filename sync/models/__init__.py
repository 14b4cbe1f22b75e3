"""Mailboxes and the mail in them: one noun a file."""

from sync.models.account import Account
from sync.models.bulk import BulkAction, BulkSlice
from sync.models.change import Change
from sync.models.folder import Coverage, Folder, Label
from sync.models.grant import Grant
from sync.models.inquiry import Inquiry
from sync.models.ledger import LedgerEntry
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
from sync.models.run import Run
from sync.models.searching import SearchWord, ThreadFolder
from sync.models.thread import Thread, ThreadReference

__all__ = [
    "Account",
    "Attachment",
    "AttachmentContent",
    "BulkAction",
    "BulkSlice",
    "Change",
    "Coverage",
    "Folder",
    "Grant",
    "Inquiry",
    "Label",
    "LedgerEntry",
    "Marking",
    "Message",
    "MessageBody",
    "Move",
    "News",
    "Participant",
    "Run",
    "SearchBacklog",
    "SearchEntry",
    "SearchWord",
    "Thread",
    "ThreadFolder",
    "ThreadReference",
    "Watch",
    "Watcher",
]
