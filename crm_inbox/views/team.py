"""Who may sign in: administrators invite people, help with a lost password, end an access."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from crm_inbox.accounts import password_path
from crm_inbox.invitations import Invitation
from crm_inbox.looks import Look
from crm_inbox.views.access import SignedIn, find_own, signed_in
from crm_inbox.views.page import render_page

Rest = ParamSpec("Rest")
_GET_POST = require_http_methods(["GET", "HEAD", "POST"])


class InvitationForm(forms.Form):
    email = forms.EmailField()
    administrator = forms.BooleanField(required=False)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody with this address is here already."))
        return email


class AcceptForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("This name is taken: choose another one."))
        return name

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, User(username=self.data.get("username", "")))
        return password


def administrators(
    view: Callable[Concatenate[SignedIn, Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """For everybody else the page does not exist."""

    def guarded(request: SignedIn, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(guarded)


@_GET_POST
@never_cache
@administrators
def team(request: SignedIn) -> HttpResponse:
    """Everybody, and the form that invites."""
    form = InvitationForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form=form)
    made, token = Invitation.make(
        form.cleaned_data["email"],
        request.user,
        administrator=form.cleaned_data["administrator"],
    )
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    # Where it is not sent, the link is shown to be handed over.
    sent = made.send(link)
    return _page(request, form=InvitationForm(), invited=made, link=link, sent=sent)


@_GET_POST
@never_cache
@administrators
def password_link(request: SignedIn, pk: int) -> HttpResponse:
    """A link with which this person chooses a new password; shown here and nowhere else."""
    if request.method != "POST":
        # The page of an earlier link, loaded again.
        return redirect("team")
    person = find_own(User.objects.filter(is_active=True), pk)
    Look.note_way_in(request.user, person, Look.What.LINK)
    link = request.build_absolute_uri(password_path(person))
    return _page(request, form=InvitationForm(), person=person, link=link)


@require_POST
@administrators
def access(request: SignedIn, pk: int) -> HttpResponse:
    """Let somebody in again, or no more; what they have open ends at once."""
    wanted = request.POST.get("active", "")
    if wanted not in ("yes", "no") or pk == request.user.pk:
        return HttpResponseBadRequest()
    person = find_own(User.objects.all(), pk)
    person.is_active = wanted == "yes"
    person.save(update_fields=["is_active"])
    said = _("%(name)s can sign in.") if person.is_active else _("%(name)s can no longer sign in.")
    messages.success(request, said % {"name": person.get_username()})
    return redirect("team")


@require_POST
@administrators
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """The invitation's link lets nobody in any more."""
    find_own(Invitation.objects.open(), pk).delete()
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("team")


@_GET_POST
@never_cache
@sensitive_post_parameters("password")
@sensitive_variables("token", "form")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a name and a password; whoever has the link may, once."""
    invitation = Invitation.objects.open().by_token(token).first()
    if invitation is None:
        return render(request, "team/ended.html", status=404)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        user = Invitation.accept(token, data["username"], data["password"])
        if user is None:
            return render(request, "team/ended.html", status=404)
        if request.user.is_authenticated:
            logout(request)
        return cast(HttpResponse, perform_login(request, user, email_verification="none"))
    return render(request, "team/accept.html", {"form": form, "invitation": invitation})


def _page(request: SignedIn, **context: object) -> HttpResponse:
    context |= {
        "people": list(User.objects.order_by("-is_active", "username")),
        "invitations": list(Invitation.objects.open().order_by("expires_at")),
        "mail_is_sent": bool(settings.EMAIL_HOST),
        "days": settings.INVITATION_DAYS,
    }
    return render_page(request, "team/team.html", context, section="team", title=_("Team"))
