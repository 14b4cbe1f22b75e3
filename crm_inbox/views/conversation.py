"""A conversation: its messages, their frames, their attachments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from contacts.models import Address, Contact
from crm_inbox.csp import mail_policy
from crm_inbox.filters import VIEW_OF
from crm_inbox.quoting import fold_quoted, split_quoted
from crm_inbox.sanitize import has_remote_images, sanitize
from crm_inbox.views.access import SignedIn, find_own, own, signed_in
from crm_inbox.views.page import render_page
from sync import marking, problems
from sync.attachments import open_attachment
from sync.models import Attachment, Message, MessageBody, Participant, Thread
from sync.wire import WireError

# What browsers show themselves without running anything.
_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")


@require_safe
@signed_in
def conversation(request: SignedIn, pk: int) -> HttpResponse:
    thread = find_own(own(request, Thread).select_related("account"), pk)
    rows = list(
        thread.messages.filter(tombstone_since=None)
        .select_related("body")
        .prefetch_related("participants", "attachments")
        .order_by("arrived_at", "pk")
    )
    place = VIEW_OF.get(Thread.State(thread.state), "")
    letters = [Letter(row, row is rows[-1]) for row in rows]
    if any(not row.seen for row in rows):
        marking.mark(request.user, own(request, Thread).filter(pk=pk), seen=True)
    return render_page(
        request,
        "conversation/page.html",
        {
            "thread": thread,
            "letters": letters,
            "people": _people(thread, rows),
            "place": place,
            "move_url": f"{place}_move",
            "trash_days": settings.TRASH_DAYS,
        },
        section=place,
        title=thread.subject or _("(no subject)"),
    )


@require_safe
@xframe_options_sameorigin
@signed_in
def frame(request: SignedIn, pk: int) -> HttpResponse:
    """A mail's HTML, for the sandboxed frame; `?images=1` lets remote images load."""
    message = find_own(own(request, Message).select_related("body"), pk)
    inline = {
        file.content_id.strip("<>"): reverse("attachment", args=[file.pk])
        for file in message.attachments.exclude(content_id="")
    }
    html = fold_quoted(sanitize(_body(message).html, inline))
    response = render(request, "conversation/frame.html", {"html": html})
    response["Content-Security-Policy"] = mail_policy("images" in request.GET)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@signed_in
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The header as it was sent."""
    message = find_own(own(request, Message).select_related("body"), pk)
    return HttpResponse(_body(message).headers, content_type="text/plain; charset=utf-8")


@require_safe
@signed_in
def attachment(request: SignedIn, pk: int) -> HttpResponse:
    """The file, fetched from the provider when it is opened for the first time."""
    file = find_own(own(request, Attachment), pk)
    try:
        data = open_attachment(file)
    except WireError as error:
        context = {"problem": problems.explain(error.code), "file": file}
        page = render_page(
            request, "conversation/not_fetched.html", context, section="inbox", title=file.name
        )
        page.status_code = 502
        return page
    shown = file.content_type in _SHOWN
    response = HttpResponse(
        data, content_type=file.content_type if shown else "application/octet-stream"
    )
    name = file.name or _("attachment")
    response["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@dataclass(frozen=True)
class Person:
    """Somebody who takes part in a conversation, and the contact that this is, if any."""

    address: str
    name: str
    contact: Contact | None


def _people(thread: Thread, messages: list[Message]) -> list[Person]:
    """Everybody but the account's owner, each once, the latest first."""
    names: dict[str, str] = {}
    for message in reversed(messages):
        for person in message.participants.all():
            if person.address and person.address not in thread.account.own_addresses:
                names[person.address] = names.get(person.address) or person.name
    known = Address.objects.filter(normalized__in=names).select_related("contact__organization")
    contacts = {row.normalized: row.contact for row in known}
    return [Person(address, name, contacts.get(address)) for address, name in names.items()]


@dataclass(frozen=True)
class Letter:
    """A message as the page shows it."""

    row: Message
    is_last: bool

    @property
    def is_open(self) -> bool:
        return self.is_last or not self.row.seen

    @property
    def body(self) -> MessageBody:
        return _body(self.row)

    @cached_property
    def has_remote_images(self) -> bool:
        return has_remote_images(self.body.html)

    @property
    def text_parts(self) -> Iterator[tuple[bool, str]]:
        """Pieces of the plain text, and whether each is quoted."""
        return split_quoted(self.body.text)

    @property
    def files(self) -> list[Attachment]:
        return [file for file in self.row.attachments.all() if not file.inline]

    @property
    def recipients(self) -> list[tuple[str, list[Participant]]]:
        """The people of each role, by the role's name."""
        people = sorted(self.row.participants.all(), key=lambda person: person.position)
        return [
            (str(role.label), [person for person in people if person.role == role])
            for role in Participant.Role
            if any(person.role == role for person in people)
        ]


def _body(message: Message) -> MessageBody:
    """A message that was deleted for good has none."""
    try:
        return message.body
    except MessageBody.DoesNotExist:
        return MessageBody(message=message, headers="", text="", html="")
