"""The counts in the rail and in the tab's title are of the account that people look at."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from sync.models import Account
from tests.site.conftest import mail, make_account, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(anna: User, account: Account) -> Account:
    other = make_account(anna, "shop@crm.example")
    for number, name in enumerate(("one", "two"), 1):
        receive(account, mail(name, "text"), number)
    receive(other, mail("three", "text"))
    return other


@pytest.mark.parametrize("path", ["/inbox/", "/contacts/", "/news/?seen=never&section=inbox"])
def test_unread_mail_is_counted_of_the_chosen_account(
    client: Client, account: Account, other: Account, path: str
) -> None:
    def data(query: str) -> str:
        headers = {"hx-request": "true"} if "news" in path else {}
        return client.get(
            f"{path}{'&' if '?' in path else '?'}{query}", headers=headers
        ).content.decode()

    assert 'data-unread="3"' in data("")
    assert 'data-unread="2"' in data(f"account={account.pk}")
    assert 'data-unread="1"' in data(f"account={other.pk}")
    assert f"&amp;account={other.pk}" in data(f"account={other.pk}").split('hx-get="/news/')[1][:60]


def test_nobody_counts_the_mail_of_an_account_of_somebody_else(
    client: Client, account: Account, other: Account
) -> None:
    stranger = make_account(User.objects.create_user("ola"), "ola@crm.example")
    assert 'data-unread="3"' in client.get(f"/inbox/?account={stranger.pk}").content.decode()
