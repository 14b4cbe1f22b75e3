"""The truth tables of the sync's decisions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from sync.plan import (
    Action,
    Candidate,
    Covered,
    DiffFlags,
    FindExpunged,
    FlagsSince,
    KnownState,
    ListNew,
    Period,
    Policy,
    Remap,
    Scope,
    ServerState,
    Verdict,
    all_are_there,
    compare,
    is_suspicious,
    judge,
    missing_period,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "scope", "covered", "missing"),
    [
        (30, "everyone", [], Period(ago(30))),
        (90, "everyone", [Covered("everyone", ago(30))], Period(ago(90), ago(30))),
        (30, "everyone", [Covered("everyone", ago(30))], None),
        (30, "everyone", [Covered("everyone", ago(365))], None),
        (90, "contacts", [Covered("everyone", ago(30))], Period(ago(90), ago(30))),
        (30, "contacts", [Covered("everyone", ago(30))], None),
        (30, "everyone", [Covered("contacts", ago(365))], Period(ago(30))),
        (
            365,
            "everyone",
            [Covered("everyone", ago(3)), Covered("contacts", ago(365))],
            Period(ago(365), ago(3)),
        ),
        (
            365,
            "contacts",
            [Covered("everyone", ago(3)), Covered("contacts", ago(90))],
            Period(ago(365), ago(90)),
        ),
        (
            90,
            "contacts",
            [Covered("everyone", ago(3)), Covered("contacts", ago(90), stale_contacts=True)],
            Period(ago(90), ago(3)),
        ),
    ],
)
def test_it_lists_only_what_is_missing(
    days: int, scope: Scope, covered: list[Covered], missing: Period | None
) -> None:
    assert missing_period(ago(days), scope, covered) == missing


WANTED = Candidate(arrived_at=ago(1), labelled=True, with_contact=True)
EVERYONE = Policy(scope="everyone", since=ago(3))
CONTACTS = replace(EVERYONE, scope="contacts")


@pytest.mark.parametrize(
    ("candidate", "policy", "verdict"),
    [
        (WANTED, EVERYONE, Verdict.FETCH),
        (WANTED, CONTACTS, Verdict.FETCH),
        (replace(WANTED, with_contact=False), EVERYONE, Verdict.FETCH),
        (replace(WANTED, with_contact=False), CONTACTS, Verdict.NOT_CONTACT),
        (replace(WANTED, arrived_at=ago(3)), EVERYONE, Verdict.FETCH),
        (replace(WANTED, arrived_at=ago(4)), EVERYONE, Verdict.TOO_OLD),
        (replace(WANTED, arrived_at=ago(4)), replace(EVERYONE, since=None), Verdict.FETCH),
        (replace(WANTED, arrived_at=ago(4), known="here"), EVERYONE, Verdict.COPY),
        (replace(WANTED, known="here", with_contact=False), CONTACTS, Verdict.COPY),
        (replace(WANTED, known="damaged"), EVERYONE, Verdict.FETCH),
        (replace(WANTED, arrived_at=ago(4), known="damaged"), EVERYONE, Verdict.FETCH),
        (replace(WANTED, known="damaged", with_contact=False), CONTACTS, Verdict.FETCH),
        (replace(WANTED, known="tombstone"), EVERYONE, Verdict.DELETED),
        (replace(WANTED, known="tombstone", with_contact=False), CONTACTS, Verdict.DELETED),
        (replace(WANTED, known="tombstone"), replace(EVERYONE, restore=True), Verdict.FETCH),
        (
            replace(WANTED, known="tombstone", with_contact=False),
            replace(CONTACTS, restore=True),
            Verdict.NOT_CONTACT,
        ),
        (replace(WANTED, labelled=False, known="here"), EVERYONE, Verdict.LABEL),
        (replace(WANTED, labelled=False, known="damaged"), EVERYONE, Verdict.LABEL),
    ],
)
def test_it_judges_by_the_table(candidate: Candidate, policy: Policy, verdict: Verdict) -> None:
    assert judge(candidate, policy) is verdict


def test_it_never_brings_back_what_was_deleted_unless_asked() -> None:
    scopes: tuple[Scope, ...] = ("everyone", "contacts")
    policies = [Policy(*choice) for choice in product(scopes, (None, ago(3), ago(365)))]
    for policy, labelled, with_contact, days in product(
        policies, (True, False), (True, False), (0, 2, 200)
    ):
        deleted = Candidate(ago(days), labelled, with_contact, known="tombstone")
        assert judge(deleted, policy) not in {Verdict.FETCH, Verdict.COPY}


KNOWN = KnownState(messages=10, uidvalidity=7, uidnext=11, highestmodseq=100)
SAME = ServerState(messages=10, uidvalidity=7, uidnext=11, highestmodseq=100)


@pytest.mark.parametrize(
    ("server", "actions"),
    [
        (SAME, []),
        (replace(SAME, uidvalidity=8), [Remap()]),
        (
            replace(SAME, uidnext=12, messages=11, highestmodseq=101),
            [ListNew(11), FlagsSince(100), FindExpunged()],
        ),
        (replace(SAME, highestmodseq=105), [FlagsSince(100), FindExpunged()]),
        (replace(SAME, highestmodseq=99), [DiffFlags(), FindExpunged()]),
        (replace(SAME, highestmodseq=0), [DiffFlags(), FindExpunged()]),
        (replace(SAME, highestmodseq=None), [DiffFlags(), FindExpunged()]),
        (replace(SAME, messages=9), [ListNew(11), FindExpunged()]),
        (replace(SAME, messages=11), [ListNew(11), FindExpunged()]),
        (replace(SAME, uidnext=None), [ListNew(11), FindExpunged()]),
        (replace(SAME, uidnext=5), [ListNew(11), FindExpunged()]),
        (replace(SAME, uidvalidity=0), []),
        (replace(SAME, uidvalidity=None), []),
    ],
)
def test_it_compares_by_the_table(server: ServerState, actions: list[Action]) -> None:
    assert compare(server, KNOWN) == actions


def test_it_lists_a_folder_never_seen_from_its_first_uid() -> None:
    unseen = KnownState(messages=None, uidvalidity=None, uidnext=None, highestmodseq=None)
    assert ListNew(1) in compare(SAME, unseen)


@pytest.mark.parametrize(
    ("vanished", "alive", "suspicious"), [(0, 0, False), (1, 2, False), (2, 3, True), (3, 3, True)]
)
def test_more_than_half_of_a_folder_does_not_vanish_unseen(
    vanished: int, alive: int, suspicious: bool
) -> None:
    assert is_suspicious(vanished, alive) is suspicious


@pytest.mark.parametrize(
    ("server", "before", "uidnext", "new", "there"),
    [
        ((10, 21), (10, 21), 21, 0, True),
        ((12, 23), (10, 21), 23, 2, True),
        # One was expunged, also where as many came.
        ((9, 21), (10, 21), 21, 0, False),
        ((10, 22), (10, 21), 22, 1, False),
        # One came after it was asked, or UIDNEXT lags behind, or there is none.
        ((12, 23), (10, 21), 24, 2, False),
        ((12, 22), (10, 21), 23, 2, False),
        ((10, None), (10, 21), 21, 0, False),
        # The folder was set back.
        ((10, 15), (10, 21), 15, 0, False),
        # Nothing is known.
        ((0, 1), (None, 1), 1, 0, False),
        ((0, 1), (0, None), 1, 0, False),
    ],
)
def test_numbers_prove_that_nothing_was_expunged(
    server: tuple[int, int | None],
    before: tuple[int | None, int | None],
    uidnext: int,
    new: int,
    there: bool,
) -> None:
    told = ServerState(server[0], 1, server[1], 5)
    known = KnownState(before[0], 1, before[1], 4)
    assert all_are_there(told, known, replace(known, uidnext=uidnext), new) is there
