"""Pure decisions of the sync: snapshots in, actions out. No network, no database, no clock.

    what to list    missing_period(since, scope, covered)
    what to keep    judge(candidate, policy)
    what changed    compare(server, known), all_are_there(server, before, now, new)

Times are aware datetimes compared with INTERNALDATE. A period is half open: since <= t < before;
`before` None means up to now and beyond.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal

Scope = Literal["everyone", "contacts"]


@dataclass(frozen=True, slots=True)
class Period:
    """since <= INTERNALDATE < before; without `before` the period has no end."""

    since: datetime
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """One label of one folder holds everything since a moment, for a scope.

    `stale_contacts` is true where addresses were added after the contacts were looked for.
    """

    scope: Scope
    since: datetime
    stale_contacts: bool = False


def missing_period(since: datetime, scope: Scope, covered: list[Covered]) -> Period | None:
    """The part of "since `since`, for `scope`" that no coverage holds; None where all is here.

    Mail of everyone includes that of contacts, so coverage for everyone serves both scopes;
    coverage for contacts serves only contacts, and only while it knows all of them.
    """
    useful = [
        part.since
        for part in covered
        if part.scope == "everyone" or (scope == "contacts" and not part.stale_contacts)
    ]
    reached = min(useful, default=None)
    if reached is None:
        return Period(since)
    return Period(since, reached) if since < reached else None


class Verdict(Enum):
    """What happens to a listed UID; the left-out verdicts carry the ledger's reason."""

    FETCH = "fetch"
    COPY = "copy"
    LABEL = "label"
    TOO_OLD = "too_old"
    NOT_CONTACT = "not_contact"
    DELETED = "deleted"


# Whether a message is here; of one that is damaged only a part could be read.
Known = Literal["no", "here", "damaged", "tombstone"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What metadata tells about a listed UID before its body is fetched."""

    arrived_at: datetime
    labelled: bool
    with_contact: bool
    known: Known = "no"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run was asked for.

    `since` None takes any age: a live run over chosen labels, where somebody labelled an old
    message on purpose. `restore` lifts tombstones.
    """

    scope: Scope
    since: datetime | None
    restore: bool = False


def judge(candidate: Candidate, policy: Policy) -> Verdict:
    """The verdict on a candidate; the first line that fits wins.

    =====================================  ============
    its label is not chosen                LABEL
    it is here already                     COPY
    it is here, but damaged                FETCH
    older than the window                  TOO_OLD
    deleted in the CRM, not to be restored DELETED
    contacts only, and with none of them   NOT_CONTACT
    otherwise                              FETCH
    =====================================  ============

    A message that is here already gets its copy recorded whatever its age: a move at the
    provider must never look like a loss. What could be read only in part may be readable by now.
    A tombstone keeps its reason before "not a contact", since that is the truer answer to "why
    isn't this email here?".
    """
    if not candidate.labelled:
        return Verdict.LABEL
    if candidate.known == "here":
        return Verdict.COPY
    if candidate.known == "damaged":
        return Verdict.FETCH
    if policy.since is not None and candidate.arrived_at < policy.since:
        return Verdict.TOO_OLD
    if candidate.known == "tombstone" and not policy.restore:
        return Verdict.DELETED
    if policy.scope == "contacts" and not candidate.with_contact:
        return Verdict.NOT_CONTACT
    return Verdict.FETCH


@dataclass(frozen=True, slots=True)
class ServerState:
    """A folder as EXAMINE or STATUS tells it (RFC 3501, section 6.3.10; RFC 7162)."""

    messages: int
    uidvalidity: int | None
    uidnext: int | None
    highestmodseq: int | None


@dataclass(frozen=True, slots=True)
class KnownState:
    """A folder as it was at the last complete look; None where there was none."""

    # Those below `uidnext`; None, too, where a look broke off after it moved that.
    messages: int | None
    uidvalidity: int | None
    uidnext: int | None
    highestmodseq: int | None


@dataclass(frozen=True, slots=True)
class Remap:
    """UIDVALIDITY changed: every UID is new, the messages are not."""


@dataclass(frozen=True, slots=True)
class ListNew:
    """List UIDs from `first` on."""

    first: int


@dataclass(frozen=True, slots=True)
class FlagsSince:
    """Ask for flags changed since a mod-sequence (RFC 7162, CHANGEDSINCE)."""

    modseq: int


@dataclass(frozen=True, slots=True)
class DiffFlags:
    """Compare flags UID by UID, for servers whose mod-sequence is absent or not to be trusted."""


@dataclass(frozen=True, slots=True)
class FindExpunged:
    """Compare the UIDs alive."""


Action = Remap | ListNew | FlagsSince | DiffFlags | FindExpunged


def compare(server: ServerState, known: KnownState) -> list[Action]:
    """What a live run does about a folder, in this order; an empty list where nothing changed.

    A folder without a usable UIDVALIDITY on either side has no identity to compare: 0 is
    illegal (RFC 3501, section 9, nz-number), and some servers send it all the same, so it counts
    as "not said". Listing starts at the known UIDNEXT, even where the server's went down: the
    ledger, not the server, says what was listed. An UIDNEXT that is not exactly the known one, or
    beside another number of messages, proves nothing: some servers' lags behind their mail.
    """
    if known.uidvalidity and server.uidvalidity and known.uidvalidity != server.uidvalidity:
        return [Remap()]
    actions: list[Action] = []
    first = known.uidnext or 1
    if server.uidnext != first or server.messages != known.messages:
        actions.append(ListNew(first))
    if change := _flags(server, known):
        actions.append(change)
    if actions or server.messages != known.messages:
        actions.append(FindExpunged())
    return actions


def all_are_there(server: ServerState, before: KnownState, now: KnownState, new: int) -> bool:
    """Whether numbers alone prove that nothing was expunged, without asking for every UID.

    `before.messages` were below the UIDNEXT that was known before; `new` from there on were listed
    since, up to `now.uidnext`. Where that is the server's UIDNEXT, too, its number of messages is
    of the same ones, and what it lacks was expunged. One that came and went between its answer
    and the listing makes the next look's numbers differ.
    """
    if before.messages is None or not before.uidnext or not server.uidnext:
        return False
    if server.uidnext != now.uidnext or now.uidnext < before.uidnext:
        return False
    return server.messages == before.messages + new


def is_suspicious(vanished: int, alive: int) -> bool:
    """More than half of a folder gone at once is more often a broken server than a person."""
    return vanished * 2 > alive


def _flags(server: ServerState, known: KnownState) -> FlagsSince | DiffFlags | None:
    if not server.highestmodseq or not known.highestmodseq:
        return DiffFlags()
    if server.highestmodseq < known.highestmodseq:
        return DiffFlags()
    if server.highestmodseq > known.highestmodseq:
        return FlagsSince(known.highestmodseq)
    return None
