"""From an account's row to a logged-in connection."""

from typing import Literal, cast

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from sync import oauth, slots
from sync.models import Account, Grant
from sync.wire import AuthenticationRefused, Connection, Credentials, Server


# An error report would else show the password among the variables of what is called from here.
@sensitive_variables()
def connect(account: Account, urgent: bool = True) -> Connection:
    """Raises WireError and SecretUnreadable; Full where we have too many connections already.

    To be closed by the thread that opened it.
    """
    credentials = credentials_of(account)
    try:
        return _open(account, credentials, urgent)
    except AuthenticationRefused:
        if credentials.mechanism == "password":
            raise
    # A token may end early; whether another one can be had tells whether the grant still holds.
    try:
        return _open(account, credentials_of(account, refused=credentials.secret), urgent)
    except AuthenticationRefused as error:
        raise oauth.GrantRevoked(error.detail) from None


@sensitive_variables()
def connect_by_password(account: Account) -> Connection:
    """With the password on this row, saved or not, whatever else is there to sign in with."""
    return _open(account, Credentials(account.username, account.secret()), urgent=True)


def _open(account: Account, credentials: Credentials, urgent: bool) -> Connection:
    give_back = slots.take(account, urgent)
    try:
        return Connection.open(server_of(account), credentials, closed=give_back)
    except BaseException:
        give_back()
        raise


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
        pipeline_depth=settings.SYNC_PIPELINE_DEPTH,
    )
