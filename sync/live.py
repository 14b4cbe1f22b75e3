"""New mail, changed flags, and what left: one look at every folder in scope.

    STATUS of all ── plan.compare ──> list new UIDs ──> flags and labels ──> drain ──> expunged
                                                                                (last, so that
                                          a message that was moved is never thought to be lost)

Each cursor moves in the transaction of what it stands for; a look that breaks off is repeated.
"""

from collections.abc import Iterable

from django.db.models import Min, QuerySet

from sync import flags, ledger, plan
from sync.draining import drain_to_the_end
from sync.listing import list_from, list_window, roll_back
from sync.models import Account, Coverage, Folder, LedgerEntry, Run
from sync.renumbering import catch_up_run, covered_since, is_renumbered, remap
from sync.scope import Source, sources
from sync.session import Session
from sync.wire import FolderMissing, FolderNotSelectable, FolderStatus, WireError, search

_GONE = (FolderMissing, FolderNotSelectable)


def look(session: Session) -> bool:
    """Bring the account up to date; False when the time was up before the end."""
    run = _LiveRun(session.account)
    every = sources(session.account)
    uncovered = _uncovered(every)
    changed = list(_changed(session, every, uncovered))
    before = {source.folder.pk: _known(source.folder) for source, _, _ in changed}
    for source, status, actions in changed:
        try:
            if source.folder.pk in uncovered:
                list_window(session, catch_up_run(session.account), source)
            else:
                _begin(session, run, source, status, actions)
        except _GONE as error:
            session.set_aside(source.folder, error)
    open_runs = (_catching_up(session.account), run.open)
    if not all(drain_to_the_end(session, one) for one in open_runs if one is not None):
        return False
    for source, status, actions in changed:
        if plan.FindExpunged() in actions and source.folder.selectable:
            try:
                _find_expunged(session, source.folder, status, before[source.folder.pk])
            except _GONE as error:
                session.set_aside(source.folder, error)
    return True


class _LiveRun:
    """The account's open live run, made only when there is something to do."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.open = account.runs.filter(kind=Run.Kind.LIVE, state__in=Run.OPEN).first()

    def needed(self) -> Run:
        """In "all" mode old mail that is moved about at the provider is not new; with labels,
        somebody labelled it on purpose.
        """
        if self.open is None:
            everything = self._account.label_choice == Account.LabelChoice.ALL
            self.open = self._account.runs.create(
                kind=Run.Kind.LIVE,
                state=Run.State.RUNNING,
                since=covered_since(self._account) if everything else None,
            )
        return self.open


def _changed(
    session: Session, every: list[Source], uncovered: set[int]
) -> Iterable[tuple[Source, FolderStatus, list[plan.Action]]]:
    by_name = {bytes(source.folder.raw_name): source for source in every}
    for raw_name, status in list(session.connection.statuses(by_name)):
        source = by_name[raw_name]
        if isinstance(status, WireError):
            if not isinstance(status, _GONE):
                raise status
            session.set_aside(source.folder, status)
            continue
        actions = plan.compare(_server(status), _known(source.folder))
        if actions or source.folder.pk in uncovered:
            yield source, status, actions


def _server(status: FolderStatus) -> plan.ServerState:
    return plan.ServerState(
        status.messages, status.uidvalidity, status.uidnext, status.highestmodseq
    )


def _known(folder: Folder) -> plan.KnownState:
    return plan.KnownState(
        folder.messages, folder.uidvalidity, folder.uidnext, folder.highestmodseq
    )


def _uncovered(every: list[Source]) -> set[int]:
    """Folders that are new, or of which a label was chosen since."""
    rows = Coverage.objects.filter(
        folder__in=[source.folder.pk for source in every], scope=Coverage.Scope.EVERYONE
    )
    covered = set(rows.values_list("folder", "label"))
    return {
        folder
        for source in every
        for folder, label in source.pairs()
        if (folder, label) not in covered
    }


def _begin(
    session: Session,
    run: _LiveRun,
    source: Source,
    status: FolderStatus,
    actions: list[plan.Action],
) -> None:
    if plan.Remap() in actions:
        remap(session, source)
        return
    # Once, after its numbers were asked for: of a large folder it takes half a second.
    if is_renumbered(source.folder, session.examine(source.folder)):
        remap(session, source)
        return
    for action in actions:
        match action:
            case plan.ListNew(first):
                if not list_from(session, run.needed, source, first):
                    roll_back(session, run.needed, source)
            case plan.FlagsSince(modseq):
                flags.changed_since(session, run.needed, source, modseq, status)
            case plan.DiffFlags():
                flags.diff(session, run.needed, source, status)
            case plan.FindExpunged():
                pass


def _catching_up(account: Account) -> Run | None:
    return account.runs.filter(kind=Run.Kind.CATCH_UP, state__in=Run.OPEN).first()


def _find_expunged(
    session: Session, folder: Folder, status: FolderStatus, before: plan.KnownState
) -> None:
    vanished: set[int] = set()
    folder.messages = status.messages
    if not plan.all_are_there(_server(status), before, _known(folder), _new(folder, before)):
        opened = session.examine(folder)
        vanished = _vanished(session, folder)
        if plan.is_suspicious(len(vanished), _alive(folder).count()):
            # A server in trouble shows empty folders: ask once more, on a fresh connection.
            session.hang_up()
            opened = session.examine(folder)
            vanished &= _vanished(session, folder)
        if is_renumbered(folder, opened):
            # Nothing is where the ledger has it; the next look lists it anew.
            return
        # A number of other messages than those below the cursor would prove nothing later.
        folder.messages = opened.messages if opened.uidnext == folder.uidnext else None
    with session.commit():
        ledger.mark_expunged(folder, vanished)
        # With what went, the look is complete: until now it would have been repeated.
        folder.save(update_fields=["messages", "highestmodseq"])


def _new(folder: Folder, before: plan.KnownState) -> int:
    """How many this look has listed."""
    return _alive(folder).filter(uid__gte=before.uidnext or 1).count()


def _vanished(session: Session, folder: Folder) -> set[int]:
    first = _alive(folder).aggregate(first=Min("uid"))["first"]
    if first is None:
        return set()
    here = session.connection.search_uids(search.ALL, (first, None))
    return set(_alive(folder).values_list("uid", flat=True)).difference(here)


def _alive(folder: Folder) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(
        folder=folder, uidvalidity=folder.uidvalidity or 0, expunged_at=None
    )
