"""One worker at a time for an account, with real connections that race each other."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError

from sync import leases
from sync.leases import Lease, LeaseLost, claim
from sync.models import Account

# Seconds, on a machine that is busy with other things.
PATIENCE = 60

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], Lease | None]
Workers = Callable[[Work], "Future[Lease | None]"]
RACERS = 4


@pytest.fixture
def account() -> Account:
    return Account.objects.create(
        owner=User.objects.create_user("anna"), address="anna@demo.example", username="anna"
    )


@pytest.fixture
def workers() -> Iterator[Workers]:
    """Starts a function in a thread, which has a connection of its own."""
    with ThreadPoolExecutor(RACERS) as pool:
        yield lambda work: pool.submit(_and_disconnect, work)


def _and_disconnect(work: Work) -> Lease | None:
    try:
        return work()
    finally:
        connections.close_all()


def claimed(account: Account, holder: str) -> Lease:
    lease = claim(account.pk, holder)
    assert lease is not None
    return lease


def expire(account: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sync_account SET lease_until = now() - interval '1s' WHERE id = %s",
            [account.pk],
        )


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE datname = current_database() AND NOT granted"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    pytest.fail("Nobody waits for a lock.")


def test_it_has_one_winner(account: Account, workers: Workers) -> None:
    def race(worker: str, barrier: Barrier) -> Lease | None:
        connection.ensure_connection()
        barrier.wait(PATIENCE)
        return claim(account.pk, worker)

    for epoch in range(1, 26):
        barrier = Barrier(RACERS)
        racing = [workers(partial(race, f"worker {n}", barrier)) for n in range(RACERS)]
        won = [lease for future in racing if (lease := future.result(PATIENCE))]
        assert [lease.epoch for lease in won] == [epoch]
        won[0].release()


def test_it_is_refused_while_somebody_has_it(account: Account) -> None:
    claimed(account, "first")
    assert claim(account.pk, "second") is None
    # Not even to itself: a task may run twice at the same time.
    assert claim(account.pk, "first") is None


def test_it_can_be_claimed_again_when_released(account: Account) -> None:
    first = claimed(account, "first")
    first.release()
    assert claimed(account, "second").epoch == first.epoch + 1


def test_it_is_taken_over_when_its_time_is_up(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = claimed(account, "first")
    assert claim(account.pk, "second") is None
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    first.renew()
    time.sleep(0.35)
    assert claimed(account, "second").epoch == first.epoch + 1
    with pytest.raises(LeaseLost, match=rf"Account {account.pk}: first"):
        first.renew()


def test_it_lasts_longer_when_renewed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    lease = claimed(account, "first")
    monkeypatch.setattr(leases, "LEASE_SECONDS", 60)
    lease.renew()
    time.sleep(0.35)
    assert claim(account.pk, "second") is None


def test_it_can_be_renewed_late_where_nobody_took_it(account: Account) -> None:
    lease = claimed(account, "first")
    expire(account)
    lease.renew()
    assert claim(account.pk, "second") is None


def test_it_leaves_the_new_holder_alone_when_the_old_one_releases(account: Account) -> None:
    first = claimed(account, "same name")
    expire(account)
    second = claimed(account, "same name")
    first.release()
    assert claim(account.pk, "third") is None
    second.renew()


def test_it_lets_nobody_commit_who_lost_it(account: Account, workers: Workers) -> None:
    first = claimed(account, "first")
    expire(account)
    with pytest.raises(LeaseLost), transaction.atomic():
        User.objects.create_user("written by the loser")
        assert workers(partial(claim, account.pk, "second")).result(PATIENCE)
        first.check_in_commit()
    assert not User.objects.filter(username="written by the loser").exists()
    account.refresh_from_db()
    assert account.lease_holder == "second"


def test_it_can_be_taken_when_the_holder_rolls_back(account: Account, workers: Workers) -> None:
    first = claimed(account, "first")
    expire(account)
    with transaction.atomic():
        first.check_in_commit()
        taking = workers(partial(claim, account.pk, "second"))
        wait_until_somebody_waits()
        transaction.set_rollback(True)
    assert taking.result(PATIENCE) == Lease(account.pk, "second", first.epoch + 1)


def test_it_cannot_be_taken_between_the_check_and_the_commit(
    account: Account, workers: Workers
) -> None:
    first = claimed(account, "first")
    expire(account)
    with transaction.atomic():
        first.check_in_commit()
        taking = workers(partial(claim, account.pk, "second"))
        wait_until_somebody_waits()
        assert not taking.done()
        Account.objects.update(problem_detail="written by the holder")
    assert taking.result(PATIENCE) is None
    account.refresh_from_db()
    assert (account.problem_detail, account.lease_holder) == ("written by the holder", "first")


def test_it_is_not_checked_once_released(account: Account) -> None:
    lease = claimed(account, "first")
    lease.release()
    with pytest.raises(LeaseLost), transaction.atomic():
        lease.check_in_commit()


def test_it_is_checked_only_inside_a_transaction(account: Account) -> None:
    with pytest.raises(TransactionManagementError):
        claimed(account, "first").check_in_commit()


def test_it_is_claimed_only_outside_a_transaction(account: Account) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        claim(account.pk, "first")


def test_it_cannot_be_claimed_for_an_account_that_is_gone(account: Account) -> None:
    assert claim(account.pk + 1, "first") is None
