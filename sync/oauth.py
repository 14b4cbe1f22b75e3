"""Signing in at the provider (OAuth 2, RFC 6749) in place of a password kept here.

    person ── authorise_url, PKCE ──> provider ── code ──> exchange ──> Grant, sealed
    worker ── access_token ── still good ──────────────────────────> XOAUTH2
                    └── too old: refresh under the lock of the grant's row ──> XOAUTH2

Nothing that is raised or logged here holds a token, a code or the client's secret.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import secrets as random
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from sync import secrets
from sync.models import Account, Grant
from sync.wire import AuthenticationRefused, WireError

_SECONDS = 10
_LARGEST_ANSWER = 64 * 1024
# An access token is renewed this long before it ends, so that it outlives the login.
_EARLY = timedelta(seconds=60)


class GrantRevoked(AuthenticationRefused):
    """The person or the provider took the grant back; only the person can give it again."""

    code = "grant_revoked"


class ProviderUnreachable(WireError):
    """The provider's token endpoint does not answer, or not as it should."""

    code = "provider_unreachable"
    transient = True


@dataclass(frozen=True)
class Provider:
    """As the administrator configured it; `host` is the IMAP server that takes its tokens."""

    slug: str
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    authorize_url: str
    token_url: str
    scope: str
    host: str
    more: Mapping[str, str] = field(default_factory=dict)
    port: int = 993
    security: str = "tls"


@dataclass(frozen=True)
class Tokens:
    access: str = field(repr=False)
    until: datetime
    # "" where the provider leaves the one that it gave before in force.
    refresh: str = field(repr=False)


def providers() -> dict[str, Provider]:
    """Those that have a client id, by slug."""
    configured: Mapping[str, Any] = settings.OAUTH_PROVIDERS
    every = (Provider(slug=slug, **values) for slug, values in configured.items())
    return {one.slug: one for one in every if one.client_id}


def provider_of_host(host: str) -> Provider | None:
    """Who signs people in for this IMAP server."""
    return next((one for one in providers().values() if one.host == host.lower()), None)


def new_verifier() -> str:
    """The secret half of PKCE (RFC 7636); it never leaves this site but to the provider."""
    return random.token_urlsafe(48)


def authorise_url(
    provider: Provider, verifier: str, state: str, redirect_uri: str, address: str
) -> str:
    """Where the person's browser goes."""
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": provider.scope,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "login_hint": address,
        **provider.more,
    }
    return f"{provider.authorize_url}?{urlencode(query)}"


@sensitive_variables()
def exchange(provider: Provider, code: str, verifier: str, redirect_uri: str) -> Tokens:
    """The code for tokens. Raises GrantRevoked where it does not hold, ProviderUnreachable."""
    found = _ask(
        provider,
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
        },
    )
    if not found.refresh:
        raise GrantRevoked("The provider gave no lasting permission.")
    return found


def keep(account: Account, provider: Provider, tokens: Tokens) -> None:
    """From now on this account signs in with them; a password that was kept is forgotten."""
    with transaction.atomic():
        Grant.objects.update_or_create(
            account=account,
            defaults={"provider": provider.slug, **_sealed(tokens)},
        )
        Account.objects.filter(pk=account.pk).update(encrypted_secret=b"")
        account.encrypted_secret = b""


@sensitive_variables()
def access_token(account: Account, refused: str = "") -> str | None:
    """A token that is good for a login; None for an account with a password.

    `refused` is a token that the mail server did not take: another one is fetched, unless another
    worker has done so already. Raises GrantRevoked, ProviderUnreachable, SecretUnreadable.
    """
    grant = Grant.objects.filter(account=account).first()
    if grant is None:
        return None
    if token := _good(grant, refused):
        return token
    # One worker asks, the others wait here and find what it got: a provider that hands out a
    # new refresh token each time would take two at once for a theft.
    with transaction.atomic():
        grant = Grant.objects.select_for_update().get(account=account)
        if token := _good(grant, refused):
            return token
        return _renew(grant)


@sensitive_variables()
def token_at_hand(account: Account) -> str | None:
    """One that is good for a login, without asking the provider. Raises SecretUnreadable."""
    grant = Grant.objects.filter(account=account).first()
    return _good(grant, refused="") if grant else None


def _good(grant: Grant, refused: str) -> str | None:
    if grant.access_until <= timezone.now() + _EARLY:
        return None
    token = secrets.unseal(bytes(grant.encrypted_access))
    return None if token == refused else token


@sensitive_variables()
def _renew(grant: Grant) -> str:
    provider = providers().get(grant.provider)
    if provider is None:
        raise GrantRevoked("The administrator has removed this way to sign in.")
    refresh = secrets.unseal(bytes(grant.encrypted_refresh))
    tokens = _ask(provider, {"grant_type": "refresh_token", "refresh_token": refresh})
    kept = Tokens(tokens.access, tokens.until, tokens.refresh or refresh)
    for name, value in _sealed(kept).items():
        setattr(grant, name, value)
    grant.save()
    return kept.access


def _sealed(tokens: Tokens) -> dict[str, Any]:
    return {
        "encrypted_refresh": secrets.seal(tokens.refresh),
        "encrypted_access": secrets.seal(tokens.access),
        "access_until": tokens.until,
    }


@sensitive_variables()
def _ask(provider: Provider, form: dict[str, str]) -> Tokens:
    """RFC 6749, 5. An `invalid_grant` is the person's, anything else the provider's or ours."""
    client = {"client_id": provider.client_id, "client_secret": provider.client_secret}
    body = urlencode({**form, **{name: value for name, value in client.items() if value}})
    request = urllib.request.Request(  # noqa: S310 - see _checked
        _checked(provider.token_url), body.encode(), {"Accept": "application/json"}
    )
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            return _read(json.loads(answer.read(_LARGEST_ANSWER)))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(_LARGEST_ANSWER)) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProviderUnreachable(type(error).__name__) from None


def _read(answer: dict[str, Any]) -> Tokens:
    seconds = int(answer.get("expires_in") or 3600)
    return Tokens(
        access=str(answer["access_token"]),
        until=timezone.now() + timedelta(seconds=max(0, min(seconds, 86_400))),
        refresh=str(answer.get("refresh_token") or ""),
    )


def _refusal(status: int, body: bytes) -> WireError:
    try:
        code = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        code = ""
    if code == "invalid_grant":
        return GrantRevoked()
    # Of what the provider says only codes of RFC 6749 are kept: it might repeat what we sent.
    known = code if code in _CODES else ""
    return ProviderUnreachable(f"{status} {known}".strip())


_CODES = {
    *("invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type"),
    *("invalid_scope", "temporarily_unavailable", "server_error"),
}


def _checked(url: str) -> str:
    """HTTPS, or this machine: the client's secret goes there."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return url
    try:
        local = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        local = False
    if parts.scheme != "http" or not local:
        raise ImproperlyConfigured(f"{url} is no HTTPS address.")
    return url


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token endpoint does not move; whoever answers so is not to get the secret."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)
