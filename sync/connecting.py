"""From an account's row to a logged-in connection."""

from typing import Literal, cast

from django.conf import settings

from sync.models import Account
from sync.wire import Connection, Credentials, Server


def connect(account: Account) -> Connection:
    """Raises WireError and SecretUnreadable."""
    return Connection.open(server_of(account), Credentials(account.username, account.secret()))


def server_of(account: Account) -> Server:
    return Server(
        host=account.host,
        port=account.port,
        security=cast(Literal["tls", "starttls", "plain"], account.security),
        allow_plain=settings.SYNC_ALLOW_PLAINTEXT,
        reach=settings.ALLOW_PRIVATE_HOSTS,
        pipeline_depth=settings.SYNC_PIPELINE_DEPTH,
    )
