"""Who may see what: every view of a person's mail finds its rows here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from crm_inbox.personal import PersonalRequest
from crm_inbox.redirects import wants_words
from sync.models import Account, Attachment, BulkAction, Message, Thread

# How each kind of row leads to the user whose mail it is.
OWNER: dict[type[Model], str] = {
    Account: "owner",
    BulkAction: "owner",
    Thread: "owner",
    Message: "account__owner",
    Attachment: "message__account__owner",
}
# How what people read leads to its conversation.
CONVERSATION: dict[type[Model], str] = {
    Thread: "pk",
    Message: "thread",
    Attachment: "message__thread",
}

Row = TypeVar("Row", bound=Model)
Rest = ParamSpec("Rest")


class SignedIn(PersonalRequest):
    """A request of a user who has signed in."""

    user: User
    htmx: HtmxDetails


def own(request: SignedIn, model: type[Row]) -> QuerySet[Row]:
    """The rows of a kind that belong to the user."""
    return model._default_manager.filter(**{OWNER[model]: request.user})


def readable(request: SignedIn, model: type[Row]) -> QuerySet[Row]:
    """The user's own rows, and those of conversations that a colleague shares with the team.

    For looking only: what changes something finds its rows with `own`.
    """
    shared = Q(**{f"{CONVERSATION[model]}__in": Thread.objects.shared()})
    return model._default_manager.filter(Q(**{OWNER[model]: request.user}) | shared)


def find_own(rows: QuerySet[Row], pk: int) -> Row:
    """The row among those of the user; one that is somebody else's does not exist, either."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def way_back(request: HttpRequest, wanted: str) -> str:
    """`wanted`, where it is an address of this site, else the first page."""
    ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    # Without the slash it could be taken for the name of a page.
    return wanted if ours and wanted.startswith(("/", "http://", "https://")) else "/"


def _page_of(request: HttpRequest) -> str:
    """The page that a request is for; what a form was sent to shows none, that of the form does."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return way_back(request, request.headers.get("Referer", ""))


def signed_in(
    view: Callable[Concatenate[SignedIn, Rest], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """Send everybody else to the sign-in page.

    What a page asks for by itself is refused: the page says that the sign-in has ended, and
    what people see and have selected stays before them.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(cast(SignedIn, request), *args, **kwargs)
        if cast(SignedIn, request).htmx or wants_words(request):
            return HttpResponse(status=401)
        return redirect_to_login(_page_of(request))

    return cast(Callable[Concatenate[HttpRequest, Rest], HttpResponseBase], guarded)
