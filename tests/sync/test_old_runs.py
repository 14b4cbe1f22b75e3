"""Runs of long ago: looks go, what says since when mail is here stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sync import runs, tasks
from sync.models import Account, LedgerEntry, Run
from tests.site.conftest import mail, make_account, receive

pytestmark = pytest.mark.django_db
State, Kind = Run.State, Run.Kind


@pytest.fixture
def account(django_user_model: type) -> Account:
    return make_account(django_user_model.objects.create_user("anna"), "me@crm.example")  # type: ignore[attr-defined]


def make(account: Account, kind: Run.Kind, state: Run.State, days: float) -> Run:
    ended = None if state in Run.OPEN else timezone.now() - timedelta(days=days)
    run = account.runs.create(kind=kind, state=state, finished_at=ended)
    account.runs.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=days))
    return run


def test_only_looks_of_long_ago_go_and_their_mail_stays(account: Account) -> None:
    gone = [
        make(account, kind, state, 8)
        for kind in (Kind.LIVE, Kind.CATCH_UP)
        for state in (State.DONE, State.FAILED, State.CANCELLED)
    ]
    kept = [
        make(account, Kind.LIVE, State.DONE, 6),
        make(account, Kind.LIVE, State.RUNNING, 8),
        make(account, Kind.INITIAL, State.DONE, 400),
        make(account, Kind.PAST, State.DONE, 400),
    ]
    message = receive(account, mail("one", "text"))
    LedgerEntry.objects.update(run=gone[0])
    tasks.empty_trash()
    assert set(Run.objects.all()) == set(kept)
    entry = LedgerEntry.objects.get()
    assert (entry.run, entry.message, entry.state) == (None, message, "stored")


def test_more_than_one_transaction_takes_go_at_once(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_FORGOTTEN_AT_ONCE", 2)
    monkeypatch.setattr(runs, "_FORGOTTEN", 6)
    for _ in range(7):
        make(account, Kind.LIVE, State.DONE, 8)
    runs.forget_old()
    assert Run.objects.count() == 1
