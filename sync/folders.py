"""The server's folders, and the labels people can pick, as rows."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from django.db.models.functions import Now
from django.utils import timezone

from sync import leaving
from sync.leases import claim
from sync.models import Account, Folder, Label
from sync.session import Session
from sync.wire import FolderInfo, FolderMissing, FolderNotSelectable, FolderStatus

# How Gmail calls the folders that are no labels of its own (X-GM-LABELS, Gmail IMAP extensions).
_GMAIL_SYSTEM = {
    "\\Sent": b"\\Sent",
    "\\Drafts": b"\\Draft",
    "\\Flagged": b"\\Starred",
    "\\Important": b"\\Important",
}
# Keywords that programs set for themselves (IANA, IMAP and JMAP Keywords); no person picks them.
_PROGRAMS_OWN = frozenset(
    {
        "$forwarded",
        "$mdnsent",
        "$submitpending",
        "$submitted",
        "$junk",
        "$notjunk",
        "$phishing",
        "junk",
        "nonjunk",
        "notjunk",
        "$hasattachment",
        "$hasnoattachment",
        "$autojunk",
    }
)
# Not in All Mail, so they are picked as folders.
_GMAIL_APART = ("\\Junk", "\\Trash")


def refresh(session: Session) -> None:
    """Take over what LIST says. A folder that is gone stays, marked, with its mail."""
    account = session.account
    found = session.connection.folders()
    inbox = _inbox(session)
    gmail = session.connection.capabilities.gmail
    with session.commit():
        account.gmail, account.listed_at = gmail, timezone.now()
        account.save(update_fields=["gmail", "listed_at"])
        _keep(account, found)
        here = [info.raw_name for info in found]
        account.folders.filter(missing_since=None).exclude(raw_name__in=here).update(
            missing_since=Now()
        )
        leaving.let_go(account)
        if inbox is not None:
            note_keywords(account, inbox)


def _inbox(session: Session) -> FolderStatus | None:
    with suppress(FolderMissing, FolderNotSelectable):
        return session.look_into(b"INBOX")
    return None


def learn(account: Account, holder: str) -> None:
    """Read folders and labels before anything is synced, with how much each folder holds.

    Raises WireError. Where a worker has the account it does the same itself.
    """
    lease = claim(account.pk, holder)
    if lease is None:
        return
    try:
        with Session(account, lease, 0) as session:
            refresh(session)
            fresh = account.folders.filter(selectable=True, missing_since=None, uidnext=None)
            by_name = {bytes(folder.raw_name): folder for folder in fresh}
            for raw_name, status in session.connection.statuses(by_name):
                if isinstance(status, FolderStatus):
                    fresh.filter(pk=by_name[raw_name].pk).update(messages=status.messages)
    finally:
        lease.release()


def note_keywords(account: Account, status: FolderStatus) -> None:
    """Keywords become labels when they are first seen."""
    if not account.gmail:
        words = [word for word in status.keywords if word.isascii()]
        ours = [word for word in words if word.lower() not in _PROGRAMS_OWN]
        _add_labels(account, {(Label.Kind.KEYWORD, word.encode()): word for word in ours})


def _keep(account: Account, found: Sequence[FolderInfo]) -> None:
    """Hardly ever is anything new: what is as it was is not written again."""
    known = {bytes(folder.raw_name): folder for folder in account.folders.all()}
    for info in found:
        folder = known.get(info.raw_name) or Folder(account=account, raw_name=info.raw_name)
        told = {
            "name": info.name,
            "delimiter": info.delimiter or "",
            "special_use": info.special_use or "",
            "selectable": info.selectable,
            "missing_since": None,
        }
        if folder.missing_since is not None:
            leaving.come_back(folder)
        if folder.pk is None or any(getattr(folder, name) != told[name] for name in told):
            for name, value in told.items():
                setattr(folder, name, value)
            folder.save(update_fields=None if folder.pk is None else list(told))
        known[info.raw_name] = folder
    labels = ((_label(account, info), info.name) for info in found if info.selectable)
    _add_labels(account, {label: name for label, name in labels if label})


def _add_labels(account: Account, wanted: Mapping[tuple[str, bytes], str]) -> None:
    """Those that are not here yet, with their names."""
    if not wanted:
        return
    rows = account.labels.values_list("kind", "raw_name")
    here = {(kind, bytes(raw_name)) for kind, raw_name in rows}
    fresh = [
        Label(account=account, kind=kind, raw_name=raw_name, name=name)
        for (kind, raw_name), name in wanted.items()
        if (kind, raw_name) not in here
    ]
    Label.objects.bulk_create(fresh, ignore_conflicts=True)


def _label(account: Account, info: FolderInfo) -> tuple[Label.Kind, bytes] | None:
    if not account.gmail or info.special_use in _GMAIL_APART:
        return Label.Kind.FOLDER, info.raw_name
    if info.special_use == "\\All":
        return None
    if info.name == "INBOX":
        return Label.Kind.GMAIL, b"\\Inbox"
    return Label.Kind.GMAIL, _GMAIL_SYSTEM.get(info.special_use or "", info.raw_name)
