"""The accounts in the administration: what is seen, what can be done, what stays hidden."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from sync.models import Account, Run, Thread
from tests.site.conftest import mail, make_account, receive

LIST = "/admin/sync/account/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss", "boss@demo.example", "x"))
    return client


@pytest.fixture
def account() -> Account:
    account = make_account(User.objects.create_user("anna"), "me@crm.example")
    account.set_secret("open sesame")
    account.problem = "authentication_refused"
    account.save()
    Run.objects.create(account=account, kind=Run.Kind.INITIAL)
    receive(account, mail("secret", "for Anna only"))
    return account


def do(client: Client, action: str, account: Account) -> str:
    form = {"action": action, "_selected_action": [account.pk]}
    answer = client.post(LIST, form, follow=True)
    account.refresh_from_db()
    return str(answer.content.decode())


def test_it_shows_the_account_and_neither_secret_nor_mail(staff: Client, account: Account) -> None:
    shown = staff.get(LIST).content.decode()
    assert "me@crm.example" in shown
    page = staff.get(f"{LIST}{account.pk}/change/").content.decode()
    assert "Here: 1" in page
    assert "First sync" in page
    for hidden in ("open sesame", "encrypted_secret", "About secret", "for Anna only"):
        assert hidden not in shown + page
    assert 'name="_save"' not in page


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_nothing_is_added_or_removed_here(staff: Client, account: Account, path: str) -> None:
    assert staff.get(LIST + path.format(pk=account.pk)).status_code == 403
    assert Thread.objects.exists()


def test_it_pauses_and_resumes(staff: Client, account: Account) -> None:
    assert "Done for 1 account." in do(staff, "pause", account)
    assert account.state == Account.State.PAUSED
    do(staff, "resume", account)
    assert account.state == Account.State.ACTIVE
    Account.objects.update(state=Account.State.REFUSED)
    assert "Done for 0 accounts." in do(staff, "resume", account)
    assert account.state == Account.State.REFUSED


def test_sync_now_asks_for_a_worker(
    staff: Client, account: Account, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        do(staff, "sync_now", account)
    account.refresh_from_db()
    assert account.queued_until is not None


def test_a_released_lease_cannot_write_any_more(staff: Client, account: Account) -> None:
    Account.objects.update(lease_holder="dead", lease_until="2100-01-01T00:00Z", lease_epoch=7)
    do(staff, "release_lease", account)
    assert (account.lease_until, account.lease_epoch) == (None, 8)


def test_the_connection_is_tested_in_words(staff: Client, account: Account) -> None:
    assert "@crm.example: The" in do(staff, "test_connection", account)


def test_not_so_many_connections_are_tested_that_the_page_hangs(
    staff: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.admin.accounts.TESTED_AT_ONCE", 0)
    assert "Choose at most 0 accounts" in do(staff, "test_connection", account)


def test_what_was_done_stands_in_the_history_of_the_account(
    staff: Client, account: Account
) -> None:
    do(staff, "pause", account)
    do(staff, "pause", account)
    do(staff, "resume", account)
    history = staff.get(f"{LIST}{account.pk}/history/").content.decode()
    assert (history.count("Paused."), history.count("Resumed.")) == (1, 1)


def test_who_may_only_look_can_do_nothing(client: Client, account: Account) -> None:
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_account"))
    client.force_login(helper)
    assert client.get(LIST).status_code == 200
    do(client, "pause", account)
    assert account.state == Account.State.ACTIVE


def test_strangers_are_sent_away(client: Client, account: Account) -> None:
    client.force_login(account.owner)
    assert client.get(LIST).status_code == 302
    assert reverse("admin:login") in client.get(LIST)["Location"]
