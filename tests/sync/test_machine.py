"""Whatever happens to a mailbox, in any order, a sync ends with the ledger telling all of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sync import runs
from sync.deleting import bury
from sync.models import Account, Folder, LedgerEntry, Message
from tests.imap.dovecot import People
from tests.sync.mailbox import Mailbox, dump
from tests.sync.test_damaged import end_on, try_again
from tests.sync.test_engine import renumber
from tests.sync.test_kill import Counter, in_a_child, sync_everything

pytestmark = pytest.mark.needs("dovecot")
FOLDERS = ("INBOX", "Work")
_EVERY_THIRD = re.compile(rb"Text of n\d*[147]\b")


class AnyMailbox(RuleBasedStateMachine):
    """Deliver, move, copy, mark, delete at the server, delete in the CRM, damage, renumber, crash,
    sync. Relabelling is the next one's.
    """

    # Whether the reading ends on every third letter now.
    fragile = False

    def __init__(self, people: People) -> None:
        super().__init__()
        self.mailbox = Mailbox(people.dovecot, people.new().name)
        self.mailbox.dovecot.add_folder(self.mailbox.name, "Work")
        self.account = self.mailbox.account
        self.count = 0
        self.buried: set[str] = set()
        # Else most of what happens would happen to mail that no sync has seen.
        for folder in (*FOLDERS, "INBOX"):
            self.count += 1
            self.mailbox.deliver(f"n{self.count}", folder, days=0.01)
        sync_everything(self.account)
        self.account.refresh_from_db()

    @property
    def places(self) -> list[tuple[str, int]]:
        """Every folder and UID at the server."""
        return [(folder, uid) for folder in FOLDERS for uid in self.mailbox.uids(folder)]

    @property
    def wanted(self) -> list[tuple[str, int]]:
        """Those of the places of which the mail must be here."""
        return self.places

    @rule(folder=st.sampled_from(FOLDERS), parent=st.integers(0, 5), new=st.booleans())
    def deliver(self, folder: str, parent: int, new: bool) -> None:
        """A new letter of today, or one more copy of the last."""
        self.count += new or not self.count
        reference = f"<n{parent}@mail.example>"
        self.mailbox.deliver(f"n{self.count}", folder, days=0.01, references=reference)

    @rule(data=st.data(), verb=st.sampled_from(["MOVE", "COPY"]), read=st.booleans())
    def pass_on(self, data: st.DataObject, verb: str, read: bool) -> None:
        """As people do when they have read it, or without a look."""

        def act(folder: str, uid: int) -> None:
            other = FOLDERS[1 - FOLDERS.index(folder)]
            with self.mailbox.open(folder) as client:
                if read:
                    client.uid("STORE", str(uid), "+FLAGS", "(\\Seen)")
                client.uid(verb, str(uid), other)

        self._somewhere(data, act)

    @rule(data=st.data(), sign=st.sampled_from("+-"))
    def mark(self, data: st.DataObject, sign: str) -> None:
        def act(folder: str, uid: int) -> None:
            with self.mailbox.open(folder) as client:
                client.uid("STORE", str(uid), f"{sign}FLAGS", "(\\Seen)")

        self._somewhere(data, act)

    @rule(data=st.data())
    def delete_at_the_server(self, data: st.DataObject) -> None:
        def act(folder: str, uid: int) -> None:
            with self.mailbox.open(folder) as client:
                client.uid("STORE", str(uid), "+FLAGS", "(\\Deleted)")
                client.expunge()

        self._somewhere(data, act)

    @precondition(lambda self: self.mailbox.letters)
    @rule(data=st.data())
    def delete_here(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.mailbox.letters))
        bury([Message.objects.get(account=self.account, message_id=f"{name}@mail.example").pk])
        self.buried.add(name)

    @rule(fragile=st.booleans())
    def damage(self, fragile: bool) -> None:
        AnyMailbox.fragile = fragile

    @rule()
    def try_again(self) -> None:
        try_again(self.mailbox)

    @rule()
    def renumber(self) -> None:
        renumber(self.mailbox)

    @rule(at=st.integers(1, 8), after=st.booleans())
    def crash(self, at: int, after: bool) -> None:
        """A look that is killed at one of its commits, if it gets that far."""

        def work() -> None:
            Counter("after a commit" if after else "before a commit", at).count()
            self.mailbox.sync()

        in_a_child(work)
        Account.objects.update(lease_until=None)

    @rule()
    def sync(self) -> None:
        self.mailbox.sync()
        rows = {
            (name, uid): state
            for name in FOLDERS
            for uid, state in self.mailbox.ledger(name).items()
        }
        assert rows.keys() == set(self.places)
        assert {rows[place] for place in self.wanted} <= {"stored", "failed", "deleted"}
        self._check_what_failed()
        assert not self.buried.intersection(self.mailbox.letters)
        self._check_what_left()
        self._check_what_was_read()
        before = dump(self.account)
        self.mailbox.sync()
        assert dump(self.account) == before

    def teardown(self) -> None:
        self.sync()
        AnyMailbox.fragile = False
        Folder.objects.filter(account=self.account).delete()
        self.account.delete()

    def _check_what_failed(self) -> None:
        """Where only a part of a message could be read, all its copies have failed."""
        for message in Message.objects.filter(account=self.account, tombstone_since=None):
            damaged = message.quality == Message.Quality.STUB
            states = set(message.copies.filter(expunged_at=None).values_list("state", flat=True))
            assert states <= {"failed" if damaged else "stored"}

    def _check_what_left(self) -> None:
        copies = LedgerEntry.objects.filter(folder__account=self.account, expunged_at=None)
        on_server = {entry.message_id for entry in copies}
        for message in Message.objects.filter(account=self.account):
            assert (message.left_server_at is None) == (message.pk in on_server), message

    def _check_what_was_read(self) -> None:
        """One copy that was read is enough."""
        read = LedgerEntry.objects.filter(
            seen=True, expunged_at=None, message__account=self.account
        )
        unread = Message.objects.filter(seen=False, tombstone_since=None)
        assert not unread.filter(pk__in=read.values("message")).exists()

    def _somewhere(self, data: st.DataObject, act: Callable[[str, int], None]) -> None:
        if places := self.places:
            act(*data.draw(st.sampled_from(places)))


class AnyLabels(AnyMailbox):
    """The same where a keyword is put on and taken off, and chosen now and then."""

    def __init__(self, people: People) -> None:
        super().__init__(people)
        self.mailbox.deliver("hot", days=0.01, flags=("Hot",))
        self.mailbox.sync()
        self.everything = True

    @property
    def wanted(self) -> list[tuple[str, int]]:
        if self.everything:
            return self.places
        found = []
        for folder in FOLDERS:
            with self.mailbox.open(folder) as client:
                uids = client.uid("SEARCH", "KEYWORD", "Hot")[1][0].split()
            found += [(folder, int(uid)) for uid in uids]
        return found

    @rule(data=st.data(), sign=st.sampled_from("+-"))
    def relabel(self, data: st.DataObject, sign: str) -> None:
        def act(folder: str, uid: int) -> None:
            with self.mailbox.open(folder) as client:
                client.uid("STORE", str(uid), f"{sign}FLAGS", "(Hot)")

        self._somewhere(data, act)

    @rule(everything=st.booleans())
    def choose(self, everything: bool) -> None:
        self.everything = everything
        if everything:
            self.account.label_choice = Account.LabelChoice.ALL
            self.account.save(update_fields=["label_choice"])
            runs.labels_changed(self.account)
        else:
            self.mailbox.labels("Hot")
        # What is chosen anew takes the place of the next look.
        self.mailbox.sync()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("machine", [AnyMailbox, AnyLabels])
def test_the_ledger_tells_all_of_any_mailbox(
    machine: type[AnyMailbox],
    people: People,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end_on(monkeypatch, lambda raw: AnyMailbox.fragile and _EVERY_THIRD.search(raw))
    run_state_machine_as_test(
        lambda: machine(people),  # type: ignore[arg-type]
        settings=settings(
            max_examples=15,
            stateful_step_count=10,
            phases=[Phase.explicit, Phase.generate],
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
