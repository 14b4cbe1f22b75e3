"""Help, and the clean-up that leaves only mail from contacts in the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_inbox.speakers import who
from crm_inbox.toasts import Toast
from crm_inbox.views.access import SignedIn, own, signed_in
from crm_inbox.views.page import render_page
from crm_inbox.views.triage import begin, moment, tell
from sync.models import Thread

SHOWN = 5


@dataclass(frozen=True)
class Topic:
    """A page of help; its text is templates/help/<language>/<slug>.html."""

    slug: str
    name: Promise

    def template(self) -> str:
        language = "pl" if (get_language() or "").startswith("pl") else "en"
        return f"help/{language}/{self.slug}.html"


TOPICS = {
    topic.slug: topic
    for topic in (
        Topic("connecting", gettext_lazy("Connecting a mailbox: Gmail, Outlook, any IMAP")),
        Topic("which-mail", gettext_lazy("Which mail is synced")),
        Topic(
            "strangers",
            gettext_lazy("Why are emails from people who are not my contacts here?"),
        ),
        Topic("searching", gettext_lazy("Searching, and keyboard shortcuts")),
    )
}


@require_safe
@signed_in
def topics(request: SignedIn) -> HttpResponse:
    context = {"topics": TOPICS.values()}
    return render_page(request, "help/topics.html", context, section="help", title=_("Help"))


@require_safe
@signed_in
def topic(request: SignedIn, slug: str) -> HttpResponse:
    if slug not in TOPICS:
        raise Http404
    context = {"topic": TOPICS[slug], "trash_days": settings.TRASH_DAYS}
    return render_page(
        request, "help/topic.html", context, section="help", title=str(TOPICS[slug].name)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def clean_up(request: SignedIn) -> HttpResponse:
    """Show which conversations have no received mail from a contact; archive or delete them."""
    strangers = _strangers(request)
    if request.method == "POST":
        to, as_of = request.POST.get("to", ""), moment(request.POST.get("as_of", ""))
        if to not in (Thread.State.ARCHIVED, Thread.State.TRASHED) or as_of is None:
            return HttpResponseBadRequest()
        seen = strangers.filter(last_message_at__lte=as_of)
        tell(request, Toast.of(begin(request, seen, to, as_of)))
        return redirect("inbox")
    examples = list(strangers.order_by("-last_message_at", "-pk")[:SHOWN])
    context = {
        "leaving": strangers.count(),
        "staying": _inbox(request).filter(from_contact=True).count(),
        "examples": examples,
        "who": who(request.user, examples),
        "as_of": timezone.now(),
        "trash_days": settings.TRASH_DAYS,
    }
    return render_page(
        request, "help/clean_up.html", context, section="help", title=_("Clean up the inbox")
    )


def _inbox(request: SignedIn) -> QuerySet[Thread]:
    return own(request, Thread).filter(state=Thread.State.INBOX)


def _strangers(request: SignedIn) -> QuerySet[Thread]:
    return _inbox(request).filter(from_contact=False)
