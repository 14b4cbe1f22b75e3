"""From an account's row to a logged-in connection."""

import time
from typing import Literal, cast

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from sync import oauth, slots
from sync.models import Account, Grant
from sync.patience import Patience
from sync.wire import (
    AuthenticationRefused,
    Connection,
    ConnectionTimedOut,
    Credentials,
    Server,
)

# Until a server has let us in, and until it has told all that somebody asks of it.
OPENING_SECONDS = 60.0
LONGEST_SECONDS = 120.0


# An error report would else show the password among the variables of what is called from here.
@sensitive_variables()
def connect(account: Account, urgent: bool = True, seconds: float = LONGEST_SECONDS) -> Connection:
    """Raises WireError and SecretUnreadable; Full where we have too many connections already.

    After so many seconds it is cut off. To be closed by the thread that opened it.
    """
    ends = time.monotonic() + seconds
    credentials = credentials_of(account)
    try:
        return _open(account, credentials, urgent, ends)
    except AuthenticationRefused:
        if credentials.mechanism == "password":
            raise
    # A token may end early; whether another one can be had tells whether the grant still holds.
    try:
        return _open(account, credentials_of(account, refused=credentials.secret), urgent, ends)
    except AuthenticationRefused as error:
        raise oauth.GrantRevoked(error.detail) from None


@sensitive_variables()
def connect_by_password(account: Account) -> Connection:
    """With the password on this row, saved or not, whatever else is there to sign in with."""
    ends = time.monotonic() + LONGEST_SECONDS
    return _open(account, Credentials(account.username, account.secret()), True, ends)


def _open(account: Account, credentials: Credentials, urgent: bool, ends: float) -> Connection:
    give_back = slots.take(account, urgent)
    patience = Patience()

    def closed() -> None:
        patience.end()
        give_back()

    try:
        left = ends - time.monotonic()
        if left <= 0:
            raise ConnectionTimedOut
        with patience.opening(min(left, OPENING_SECONDS)):
            connection = Connection.open(server_of(account), credentials, closed=closed)
    except BaseException:
        give_back()
        raise
    patience.last(ends - time.monotonic())
    return connection


@sensitive_variables()
def credentials_of(account: Account, refused: str = "") -> Credentials:
    """A password or a token, as the account signs in; `refused` is a token that did not do.

    May ask the provider for a token. Raises WireError and SecretUnreadable.
    """
    token = oauth.access_token(account, refused) if account.pk else None
    if token is not None:
        return Credentials(account.username, token, "xoauth2")
    return Credentials(account.username, account.secret())


@sensitive_variables()
def credentials_at_hand(account: Account) -> Credentials | None:
    """The same without asking anybody; None where a token has to be fetched first."""
    if not Grant.objects.filter(account=account).exists():
        return Credentials(account.username, account.secret())
    token = oauth.token_at_hand(account)
    return Credentials(account.username, token, "xoauth2") if token else None


def server_of(account: Account) -> Server:
    return Server(
        host=account.host,
        port=account.port,
        security=cast(Literal["tls", "starttls", "plain"], account.security),
        allow_plain=settings.SYNC_ALLOW_PLAINTEXT,
        reach=settings.ALLOW_PRIVATE_HOSTS,
        verify_certificate=account.host.lower() not in settings.ALLOW_BAD_CERTIFICATES,
        pipeline_depth=settings.SYNC_PIPELINE_DEPTH,
    )
