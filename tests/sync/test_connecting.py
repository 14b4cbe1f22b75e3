"""What an administrator allows at single mail servers."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from sync import connecting
from sync.models import Account
from sync.wire import CertificateRejected
from tests.imap.dovecot import People
from tests.sync.mailbox import connected

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.django_db]


@pytest.mark.parametrize("security", [Account.Security.TLS, Account.Security.STARTTLS])
def test_a_bad_certificate_is_taken_only_of_the_server_that_is_named(
    people: People, settings: Settings, security: Account.Security
) -> None:
    dovecot, name = people.dovecot, people.new().name
    port = dovecot.tls_port if security == Account.Security.TLS else dovecot.port
    account = connected(dovecot.host, port, name)
    account.security = security
    for named in (set(), {"mail.company.example"}):
        settings.ALLOW_BAD_CERTIFICATES = named
        with pytest.raises(CertificateRejected):
            connecting.connect(account)
    settings.ALLOW_BAD_CERTIFICATES = {dovecot.host}
    connecting.connect(account).close()
