"""For machines that look after this one: is it alive, is it ready, how much does it do."""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from prometheus_client import CONTENT_TYPE_LATEST

from crm_inbox import health, numbers

_NAMES = ("live", "ready", "metrics")


class BeforeHosts:
    """Middleware: probes come over plain HTTP to an address of the machine, not to the site's
    name, so they are answered before either is looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self._get_response(request)
        if found.url_name not in _NAMES or found.namespaces:
            return self._get_response(request)
        try:
            answer: HttpResponse = found.func(request)
        except Http404:
            answer = HttpResponse(status=404)
        return answer


def live(request: HttpRequest) -> HttpResponse:
    """This process answers; whether it can do anything is another question."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """503 where pages cannot be shown. What else is wrong is told, too, and takes no site away."""
    found = health.troubles()
    grave = any(trouble.grave for trouble in found)
    told = {trouble.part: str(trouble.sentence) for trouble in found}
    return JsonResponse(
        {"ready": not grave, "wrong": told},
        status=503 if grave else 200,
        headers={"Cache-Control": "no-store"},
        json_dumps_params={"ensure_ascii": False},
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus. Who may not read it finds no such page."""
    if not (_has_token(request) or _is_near(request)):
        raise Http404
    return HttpResponse(numbers.text(), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    return bool(settings.METRICS_TOKEN) and compare_digest(given, wanted)


def _is_near(request: HttpRequest) -> bool:
    """A proxy's own address says nothing about who is behind it."""
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_NETWORKS)
