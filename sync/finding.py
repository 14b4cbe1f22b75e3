"""Finding conversations: by the words of their messages, by people, labels and dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import and_

from django.contrib.auth.models import User
from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery
from django.db.models import Func, Q, QuerySet, Value
from django.db.models.functions import Concat

from contacts.models import Address, Contact
from sync.models import Folder, Message, Participant, Thread, ThreadFolder
from sync.packing import unpack

# As sync.searching splits what it indexes: at everything that is no letter and no digit.
_WORD = re.compile(r"[^\W_]+")
# Characters of a text in which the words of an excerpt are looked for.
_EXCERPT_LIMIT = 20_000


class Part(StrEnum):
    """Where in a message a word has to be: weights of the index, see sync.searching."""

    ANYWHERE = ""
    SUBJECT = "A"
    FROM = "B"
    TO = "C"


@dataclass(frozen=True)
class Term:
    """Words that one message has to have, each as the beginning of a word, or as a phrase."""

    text: str
    part: Part = Part.ANYWHERE
    phrase: bool = False

    @property
    def words(self) -> list[str]:
        return _WORD.findall(self.text)


@dataclass(frozen=True)
class Hit:
    """A message that matches, by its id, and the beginning of its text."""

    message: int
    text: str


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; all of it has to hold.

    Words, people and dates for one and the same message; labels, files and being read for its
    conversation.
    """

    terms: tuple[Term, ...] = ()
    contacts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    attachments: bool = False
    unread: bool | None = None

    @property
    def words(self) -> list[str]:
        return [word for term in self.terms for word in term.words]

    def threads(self, owner: User) -> Q:
        """The condition on the owner's conversations."""
        scope = Q(has_attachments=True) if self.attachments else Q()
        if self.unread is not None:
            scope &= Q(unread_count__gt=0) if self.unread else Q(unread_count=0)
        for name in self.labels:
            scope &= Q(pk__in=_labelled(owner, name).values("thread_id"))
        if self._of_messages:
            scope &= Q(pk__in=self.messages(owner).values("thread"))
        return scope

    def messages(self, owner: User) -> QuerySet[Message]:
        """The owner's messages that have all that is asked of a message."""
        found = Message.objects.filter(account__owner=owner, tombstone_since=None)
        if self.terms:
            query = self.text_query()
            found = found.filter(search__vector=query) if query else found.none()
        for words in self.contacts:
            addresses = Address.objects.filter(contact__in=Contact.objects.search(words))
            people = Participant.objects.filter(address__in=addresses.values("normalized"))
            found = found.filter(pk__in=people.values("message"))
        if self.after:
            found = found.filter(arrived_at__gte=self.after)
        if self.before:
            found = found.filter(arrived_at__lt=self.before)
        return found

    def hits(self, owner: User, threads: Collection[int]) -> dict[int, Hit]:
        """Each conversation's newest message that matches."""
        newest = (
            self.matching(owner)
            .filter(thread__in=threads)
            .order_by("thread", "-arrived_at")
            .distinct("thread")
        )
        return {
            thread: Hit(pk, unpack(bytes(body)).text[:_EXCERPT_LIMIT] if body else "")
            for thread, pk, body in newest.values_list("thread_id", "pk", "body__packed")
        }

    def matching(self, owner: User) -> QuerySet[Message]:
        """The messages because of which conversations are found; none where any would do."""
        return self.messages(owner) if self._of_messages else Message.objects.none()

    @property
    def _of_messages(self) -> bool:
        return bool(self.terms or self.contacts or self.after or self.before)

    def text_query(self) -> SearchQuery | CombinedSearchQuery | None:
        """What the index is asked; None where there is no word in it."""
        queries = [query for term in self.terms for query in _queries(term)]
        return reduce(and_, queries) if queries else None


def threads_with(owner: User, addresses: Collection[str]) -> QuerySet[Thread]:
    """The owner's conversations in which one of these normalised addresses takes part."""
    found = Message.objects.filter(
        account__owner=owner, tombstone_since=None, participants__address__in=addresses
    )
    return Thread.objects.filter(owner=owner, pk__in=found.values("thread"))


def _queries(term: Term) -> Iterator[SearchQuery]:
    if term.phrase:
        pieces = [_lexeme(word, f":{term.part}" if term.part else "") for word in term.words]
        if pieces:
            joined = reduce(lambda one, other: Concat(one, Value(" <-> "), other), pieces)
            yield _query(joined)
    else:
        for word in term.words:
            yield _query(_lexeme(word, f":*{term.part}"))


def _query(expression: Concat) -> SearchQuery:
    return SearchQuery(expression, config="simple", search_type="raw")


def _lexeme(word: str, marks: str) -> Concat:
    """Quoted, so that what taking away the accents leaves is never read as an operator."""
    folded = Func(Value(word), function="public.unaccent")
    return Concat(Func(folded, function="quote_literal"), Value(marks))


def in_folder(owner: User, folder: int) -> QuerySet[ThreadFolder]:
    """The owner's conversations with a message in the folder now, as rows with `thread_id`."""
    return ThreadFolder.objects.filter(
        folder__in=Folder.objects.filter(pk=folder, account__owner=owner)
    )


def _labelled(owner: User, name: str) -> QuerySet[ThreadFolder]:
    folders = Folder.objects.filter(account__owner=owner, name__unaccent__icontains=name)
    return ThreadFolder.objects.filter(folder__in=folders)
