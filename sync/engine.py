"""A slice of sync work for an account, the same from a task as from a command.

                 ┌──────── news, or every poll: live.look ───────────┐
    claim lease ─┤                       ^ news interrupts             ├─ until done or out of time
                 └─ open runs: list each source, then drain windows ──┘

    WAITING ──> RUNNING: listing (one commit a source) ──> draining (one commit a batch) ──> DONE
                   └── paused or cancelled by a person, between two commits

Whatever breaks off, nothing has moved that is not in the ledger; the next slice goes on there.
"""

import logging
from datetime import datetime, timedelta
from random import uniform

from django.conf import settings
from django.db import OperationalError
from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone

from sync import allowance, backoff, changes, folders, live, picking, problems, restoring
from sync.about import about
from sync.draining import drain_to_the_end
from sync.leases import Lease, claim
from sync.listing import list_window
from sync.models import Account, News, Run
from sync.reading import NoReader
from sync.scope import sources
from sync.secrets import SecretUnreadable
from sync.session import Session
from sync.slots import Full
from sync.tally import counted
from sync.wire import (
    AuthenticationRefused,
    FolderMissing,
    FolderNotSelectable,
    Throttled,
    WireError,
)

# When all our connections to a host are in use; not all come back at once.
FULL_SECONDS = 5
logger = logging.getLogger(__name__)
# First what somebody is waiting for, then what other runs rely on.
_ORDER = (Run.Kind.PICKED, Run.Kind.CATCH_UP, Run.Kind.INITIAL, Run.Kind.LIVE, Run.Kind.PAST)

# PostgreSQL's code (its manual, appendix A). Words on the account's row still fit somewhere.
_DISK_FULL = "53100"


def work(account_id: int, holder: str, seconds: float, *, look_only: bool = False) -> bool:
    """At most about `seconds` of whatever the account needs; True where more is left to do.

    `holder` names the worker; with `look_only` it leaves open runs to others. Errors of the
    server are noted on the account; LeaseLost and our own mistakes are raised.
    """
    lease = claim(account_id, holder)
    if lease is None:
        return False
    with about(account=account_id):
        return _leased(lease, seconds, look_only)


def _leased(lease: Lease, seconds: float, look_only: bool) -> bool:
    try:
        account = Account.objects.get(pk=lease.account_id)
        if account.state != Account.State.ACTIVE:
            return False
        session = Session(account, lease, seconds, urgent=look_only)
        with counted(session), session:
            return _work(session, look_only)
    except SecretUnreadable:
        _note(account, problems.SECRET_UNREADABLE, "", refused=True)
    except Full:
        later = timezone.now() + timedelta(seconds=uniform(1, FULL_SECONDS))  # noqa: S311
        Account.objects.filter(pk=account.pk).update(retry_at=later)
    except WireError as error:
        _note_error(account, error)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _DISK_FULL:
            raise
        _note(account, problems.DISK_FULL, "")
    except NoReader:
        logger.exception("No mail can be read.")
        _note(account, problems.NO_READER, "")
    finally:
        lease.release()
    return False


def is_due(account: Account) -> bool:
    """Is it time to look for new mail?"""
    return _is_old(account.checked_at) or News.objects.filter(account=account).exists()


def open_runs(account: Account) -> list[Run]:
    """Runs with work to do, in the order it is done."""
    order = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(_ORDER)),
        output_field=IntegerField(),
    )
    found = account.runs.filter(state__in=Run.ACTIVE).order_by(order)
    return list(found.exclude(kind=Run.Kind.PAST) if allowance.is_used_up(account) else found)


def _work(session: Session, look_only: bool) -> bool:
    account = session.account
    while True:
        began = session.listen() if account.first_sync_done_at else None
        if not is_due(account) or _look(session, began):
            if look_only:
                return False
            done = all(_carry_on(session, run) for run in open_runs(account))
            if done and not session.interrupted:
                _note_success(session)
                return bool(open_runs(account))
        if session.is_over:
            return True
        account.refresh_from_db(fields=["state"])
        if account.state != Account.State.ACTIVE:
            return False
        # Of an open folder servers tell what is new only when they are asked for something else.
        session.connection.noop()


def _look(session: Session, began: datetime | None) -> bool:
    """False when the look came to no end. Before the first sync there is nothing to look for."""
    account = session.account
    if _is_old(account.checked_at) or _is_old(account.listed_at):
        folders.refresh(session)
        session.relisted = True
    if began is not None:
        if not live.look(session):
            return False
        News.told(account, began)
    _note_success(session)
    return True


def _is_old(moment: datetime | None) -> bool:
    return moment is None or timezone.now() - moment >= timedelta(
        seconds=settings.SYNC_POLL_SECONDS
    )


def _carry_on(session: Session, run: Run) -> bool:
    """List what is not listed, then drain; False when there is more to do."""
    # A person may have paused it; the one before it may have found a folder renumbered.
    run.refresh_from_db()
    if run.state not in Run.ACTIVE:
        return True
    if run.restore and run.listed_at is None and not restoring.settle(session):
        return False
    if run.state == Run.State.WAITING:
        Run.objects.filter(pk=run.pk, state=run.state).update(state=Run.State.RUNNING)
        run.state = Run.State.RUNNING
    if run.kind == Run.Kind.PICKED and run.listed_at is None:
        picking.list_picked(session, run)
    if run.is_to_be_listed:
        with about(run=run.pk):
            if not _list(session, run):
                return False
    return drain_to_the_end(session, run)


def _list(session: Session, run: Run) -> bool:
    for source in sources(session.account):
        if any(list(pair) not in run.sources for pair in source.pairs()):
            try:
                list_window(session, run, source)
            except (FolderMissing, FolderNotSelectable) as error:
                session.set_aside(source.folder, error)
            if session.out_of_time:
                return False
    run.listed_at = timezone.now()
    run.save(update_fields=["listed_at"])
    return True


def _note_success(session: Session) -> None:
    """What is wrong with a folder stands on the account until it is tried again in vain or not."""
    account, before = session.account, session.account.problem
    if session.trouble is not None:
        account.problem, account.problem_detail = session.trouble.code, session.trouble.detail
    elif session.relisted or account.failures:
        account.problem = account.problem_detail = ""
    account.checked_at = timezone.now()
    account.failures, account.retry_at = 0, None
    account.save(update_fields=["checked_at", "problem", "problem_detail", "failures", "retry_at"])
    if account.problem != before:
        changes.tell(account.owner_id)


def _note_error(account: Account, error: WireError) -> None:
    _note(
        account,
        error.code,
        error.detail,
        wait=error.wait if isinstance(error, Throttled) else None,
        refused=isinstance(error, AuthenticationRefused),
    )


def _note(
    account: Account, problem: str, detail: str, wait: float | None = None, refused: bool = False
) -> None:
    """A refused password waits for the person; everything else is tried again, later and later."""
    failures = account.failures + 1
    # The server's own words stay on the account: they may quote what is private.
    logger.warning("It did not work: %s, %d in a row.", problem, failures)
    rows = Account.objects.filter(pk=account.pk)
    if refused:
        # Not the password that was given meanwhile.
        rows = rows.filter(encrypted_secret=account.encrypted_secret)
    noted = rows.update(
        problem=problem,
        problem_detail=detail,
        failures=failures,
        retry_at=timezone.now() + timedelta(seconds=backoff.delay(failures, wait)),
    )
    if refused and noted:
        # Not where somebody paused or removes the account meanwhile.
        rows.filter(state=Account.State.ACTIVE).update(state=Account.State.REFUSED)
    if account.problem != problem:
        changes.tell(account.owner_id)
