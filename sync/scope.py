"""Which folders, and what in them, an account syncs: its choice of labels."""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.models import Account, Folder, Label, Run
from sync.wire import Flags, search
from sync.wire.search import Criteria

# Never synced unless picked by name (RFC 6154).
_SET_ASIDE = frozenset({"\\Junk", "\\Trash", "\\Drafts"})
# Views of messages that lie in other folders as well.
_VIEWS = frozenset({"\\All", "\\Flagged", "\\Important"})
# All Mail holds drafts, too.
_GMAIL_DRAFT = b"\\draft"


@dataclass(frozen=True, slots=True)
class Source:
    """A folder, whole where it names no labels."""

    folder: Folder
    labels: tuple[Label, ...] = ()
    all_mail: bool = False

    def carries(self, message: Flags) -> bool:
        """Does the message have what was chosen?"""
        if not self.labels:
            return not (self.all_mail and _GMAIL_DRAFT in _lower(message))
        return any(_has(message, label) for label in self.labels)

    def criteria(self) -> Iterator[Criteria]:
        """One search for each label."""
        for label in self.labels:
            if label.kind == Label.Kind.GMAIL:
                yield search.gmail_label(bytes(label.raw_name))
            else:
                yield search.keyword(label.name)

    def pairs(self) -> list[tuple[int, int | None]]:
        """Ids of folder and label, as coverage and runs note them."""
        return [(self.folder.pk, label.pk) for label in self.labels] or [(self.folder.pk, None)]


def sources(account: Account) -> list[Source]:
    """Everything the account's choice of labels names, the inbox first."""
    folders = list(account.folders.filter(selectable=True, missing_since=None))
    folders.sort(key=lambda folder: (folder.name != "INBOX", folder.name))
    if account.label_choice == Account.LabelChoice.ALL:
        return [
            Source(folder, all_mail=account.gmail and folder.special_use == "\\All")
            for folder in _ordinary(account, folders)
        ]
    return list(_chosen(account, folders))


def is_set_aside(folder: Folder) -> bool:
    """Spam, trash or drafts: never synced unless picked by name."""
    return folder.special_use in _SET_ASIDE


def sources_of(run: Run) -> list[Source]:
    """What a run takes: messages that were asked for one by one, whatever their labels."""
    if run.kind != Run.Kind.PICKED:
        return sources(run.account)
    folders = [folder for folder, *_ in run.picked]
    return [Source(folder) for folder in run.account.folders.filter(pk__in=folders)]


def _chosen(account: Account, folders: list[Folder]) -> Iterator[Source]:
    chosen = list(account.labels.filter(chosen=True).order_by("name"))
    whole = {bytes(label.raw_name) for label in chosen if label.kind == Label.Kind.FOLDER}
    within = tuple(label for label in chosen if label.kind != Label.Kind.FOLDER)
    ordinary = {folder.pk for folder in _ordinary(account, folders)}
    for folder in folders:
        if bytes(folder.raw_name) in whole:
            yield Source(folder)
        elif within and folder.pk in ordinary:
            yield Source(folder, within, account.gmail and folder.special_use == "\\All")


def _ordinary(account: Account, folders: list[Folder]) -> list[Folder]:
    """All Mail alone where it is Gmail's; else every folder with mail of its own."""
    all_mail = [folder for folder in folders if folder.special_use == "\\All"]
    if account.gmail and all_mail:
        return all_mail
    return [folder for folder in folders if folder.special_use not in _SET_ASIDE | _VIEWS]


def _has(message: Flags, label: Label) -> bool:
    if label.kind == Label.Kind.GMAIL:
        return bytes(label.raw_name).lower() in _lower(message)
    return label.name.lower() in {flag.lower() for flag in message.flags}


def _lower(message: Flags) -> set[bytes]:
    return {label.lower() for label in message.gm_labels or ()}
