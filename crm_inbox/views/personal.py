"""What a person chooses for themselves: language, appearance, time zone."""

from __future__ import annotations

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm_inbox.profiles import Profile, known_zone
from crm_inbox.views.access import SignedIn, signed_in, way_back
from crm_inbox.views.page import render_page

_A_YEAR = 365 * 24 * 3600
# Names without a place, which people do not know their zone by.
_NO_PLACES = ("Etc", "SystemV")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """The menu sends one of them, the page all."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = Profile
        fields = ("language", "appearance", "time_zone")

    def __init__(self, request: HttpRequest, profile: Profile) -> None:
        now = model_to_dict(profile, self.Meta.fields) | {
            "language": profile.language or translation.get_language(),
            "time_zone": profile.time_zone or settings.TIME_ZONE,
        }
        super().__init__(
            now | request.POST.dict() if request.method == "POST" else None,
            instance=profile,
            initial=now,
            label_suffix="",
        )
        self.fields["language"].choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (code, translation.get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]  # the same


def zone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Every zone that is named after a place, by continent."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _slash, place = name.partition("/")
        if place and area not in _NO_PLACES:
            areas.setdefault(area, []).append((name, name.replace("_", " ")))
    return [("UTC", "UTC"), *areas.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def personal(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request, request.profile)
    if request.method == "POST" and form.is_valid():
        return _saved(request, form.save())
    browsers = known_zone(request.COOKIES.get("timezone", ""))
    context = {"form": form, "browsers_zone": browsers.key if browsers else ""}
    return render_page(
        request, "personal.html", context, section="personal", title=_("Preferences")
    )


def _saved(request: SignedIn, profile: Profile) -> HttpResponse:
    """The door has no profile yet: cookies tell it what the person last chose."""
    translation.activate(profile.language)
    if "time_zone" in request.POST:
        messages.success(request, _("It is kept, for every browser in which you sign in."))
    response = redirect(way_back(request, request.headers.get("Referer", "")))
    for name, value in (
        ("appearance", profile.appearance),
        (settings.LANGUAGE_COOKIE_NAME, profile.language),
    ):
        response.set_cookie(
            name, value, _A_YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response
