"""A forgotten password: by mail, or where the site sends none, by an administrator."""

from typing import cast

from allauth.account import views as account
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forgotten(request: HttpRequest) -> HttpResponse:
    if not settings.EMAIL_HOST:
        return render(request, "account/password_by_administrator.html")
    return cast(HttpResponse, account.password_reset(request))
