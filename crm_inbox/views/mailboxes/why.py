"""Why isn't this email here? The search at the provider, the reasons, and the import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_inbox.ids import number
from crm_inbox.redirects import refused
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.mailboxes.asking import ask, find_inquiry
from crm_inbox.views.mailboxes.reason_words import CONTACT_SINCE, IMPORTABLE, LEFT_OUT, LONG, SHORT
from crm_inbox.views.page import render_page
from sync import explaining, picking, problems, reasons, tasks
from sync.models import Account, Coverage, Inquiry
from sync.reasons import Explained, Why


@dataclass(frozen=True)
class Found:
    """A message of the mailbox as the page shows it."""

    explained: Explained

    @property
    def chip(self) -> str:
        return str(SHORT[self.explained.why])

    @property
    def sentence(self) -> str:
        if self.explained.contact_since:
            return str(CONTACT_SINCE)
        return str(LONG[self.explained.why])

    @property
    def problem(self) -> problems.Problem | None:
        return problems.explain(self.explained.problem) if self.explained.problem else None

    @property
    def kind(self) -> str:
        """How it is coloured."""
        if self.explained.why in (Why.HERE, Why.TRASHED):
            return "here"
        return "bad" if self.explained.why in (Why.MISSING, Why.FAILED) else "out"

    @property
    def importable(self) -> bool:
        return self.explained.why in IMPORTABLE

    @property
    def is_deleted(self) -> bool:
        return self.explained.why == Why.DELETED

    @property
    def on_its_way(self) -> bool:
        return self.explained.why in (Why.WAITING, Why.ARRIVING)


class Result:
    """What was asked, how far the search is, and what it found."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        explained = reasons.explain(inquiry.account, inquiry.answer.get("hits", ()))
        self.found: Sequence[Found] = [Found(one) for one in explained]

    @property
    def title(self) -> str:
        if "words" in self.inquiry.asked:
            return _("Why isn't this email here?")
        return str(LEFT_OUT[self.inquiry.asked["reason"]])

    @property
    def words(self) -> str:
        return str(self.inquiry.asked.get("words", ""))

    @property
    def folder(self) -> str:
        pk = self.inquiry.asked.get("folder")
        found = self.inquiry.account.folders.filter(pk=pk).first() if pk else None
        return found.name if found else ""

    @property
    def moves(self) -> bool:
        """Will the page look different in a moment?"""
        return self.inquiry.is_open or any(one.on_its_way for one in self.found)

    @property
    def problem(self) -> problems.Problem | None:
        failed = self.inquiry.state == Inquiry.State.FAILED
        return problems.explain(self.inquiry.problem) if failed else None

    @property
    def total(self) -> int:
        """Of all that match, of which the newest are shown."""
        return int(self.inquiry.answer.get("total", len(self.found)))

    @property
    def older(self) -> int | None:
        """The UID below which there are more, in a list of those behind a reason."""
        answer = self.inquiry.answer
        if "words" in self.inquiry.asked or not answer.get("more") or self.inquiry.is_open:
            return None
        return min(int(hit["uid"]) for hit in answer["hits"])

    @property
    def left(self) -> list[str]:
        return list(self.inquiry.answer.get("left", ()))


@require_POST
@signed_in
def why(request: SignedIn, pk: int) -> HttpResponse:
    """Search the mailbox for a sender, a subject or a Message-ID."""
    account = find_own(own(request, Account), pk)
    asked = explaining.by_words(request.POST.get("words", ""))
    if not asked["words"]:
        return refused(request, _("Write a sender, a subject or a Message-ID."), "mailboxes")
    return redirect("why_answer", ask(account, Inquiry.Kind.FIND, asked).pk)


@require_POST
@signed_in
def behind(request: SignedIn, pk: int) -> HttpResponse:
    """List the messages behind a reason of the certificate."""
    account = find_own(own(request, Account), pk)
    reason = request.POST.get("reason", "")
    if reason not in LEFT_OUT:
        raise Http404
    folder = find_own(account.folders.all(), number(request.POST.get("folder", "")) or 0)
    before = number(request.POST.get("before", ""))
    asked = explaining.by_reason(folder.pk, reason, before)
    return redirect("why_answer", ask(account, Inquiry.Kind.FIND, asked).pk)


@require_safe
@signed_in
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """What was found, while it is being found."""
    inquiry = find_inquiry(request, pk, Inquiry.Kind.FIND)
    result = Result(inquiry)
    context: dict[str, Any] = {"account": inquiry.account, "result": result}
    return render_page(
        request, "mailboxes/why.html", context, section="mailboxes", title=result.title
    )


@require_POST
@signed_in
def take(request: SignedIn, pk: int) -> HttpResponse:
    """Import exactly one of the messages that were found."""
    inquiry = find_inquiry(request, pk, Inquiry.Kind.FIND)
    key = request.POST.get("key", "")
    hits = [hit for hit in inquiry.answer.get("hits", ()) if hit["key"] == key]
    explained = reasons.explain(inquiry.account, hits)
    if not explained:
        raise Http404
    found = Found(explained[0])
    if inquiry.account.state != Account.State.ACTIVE:
        said = _("This account is not synced at the moment, see its card.")
        return refused(request, said, reverse("why_answer", args=[inquiry.pk]))
    if found.importable:
        hit = found.explained.hit
        place = (hit["folder"], hit["uidvalidity"], [hit["uid"]])
        # Deleted mail comes back only for somebody who was told so and asked for it.
        restore = request.POST.get("restore") == "yes"
        picking.pick(inquiry.account, [place], Coverage.Scope.EVERYONE, restore)
        transaction.on_commit(lambda: tasks.wake(inquiry.account_id))
    return redirect("why_answer", inquiry.pk)
