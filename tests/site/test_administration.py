"""The administration's own pages: how it runs, people, and mail only where a setting allows it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from redis import Redis

from crm_inbox.admin.plots import LastHours, Plot
from sync.models import Account, Folder, Hour, LedgerEntry, Run
from tests.site.conftest import mail, make_account, receive
from tests.sync.mailbox import Mailbox

pytestmark = pytest.mark.django_db
ACCOUNTS = "/admin/sync/account/"


def page(client: Client, address: str, expected: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == expected
    return str(answer.content.decode())


def test_it_shows_what_needs_attention_with_a_way_there(
    staff: Client, account: Account, settings: Settings
) -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        # Workers of other tests.
        redis.delete("crm-inbox:heard")
    Account.objects.update(problem="throttled", lease_until=timezone.now() - timedelta(hours=1))
    failed_message(account)
    shown = page(staff, "/admin/state/")
    assert "1 account: The mail server asked us to slow down." in shown
    assert f'href="{ACCOUNTS}?problem=throttled"' in shown
    assert "me@crm.example" in page(staff, f"{ACCOUNTS}?problem=throttled")
    assert "me@crm.example" in page(staff, f"{ACCOUNTS}?attention=stuck")
    assert "1 message could not be read." in shown
    assert "No worker was heard for a minute" in shown
    assert "Nothing: everything runs" not in shown


def test_it_draws_messages_and_lag_with_a_table_beside(staff: Client) -> None:
    Hour.add(messages=37, lag=12.5)
    shown = page(staff, "/admin/state/")
    assert shown.count("<rect ") == 96
    assert "<td>37</td>" in shown
    assert "<td>12.5</td>" in shown
    assert "style=" not in shown
    polish = staff.get("/admin/state/", headers={"accept-language": "pl"}).content.decode()
    assert "Co wymaga uwagi" in polish
    # Decimal commas would break the drawing.
    assert 'height="74,0"' not in polish


def test_a_plot_reaches_from_the_floor_to_a_round_number() -> None:
    now = timezone.now()
    plot = Plot.of([now, now], [0, 37])
    assert plot.top == 50
    assert (plot.bars[0].height, plot.bars[1].height) == (0, 118.4)
    assert len(LastHours.now().rows) == 48


def test_clerks_without_the_right_do_not_see_it(client: Client) -> None:
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    page(client, "/admin/state/", 403)
    client.force_login(User.objects.create_user("anybody"))
    page(client, "/admin/state/", 302)


def failed_message(account: Account) -> LedgerEntry:
    folder, _ = Folder.objects.get_or_create(
        account=account, raw_name=b"INBOX", defaults={"name": "INBOX", "uidvalidity": 1}
    )
    return LedgerEntry.objects.create(
        folder=folder,
        uidvalidity=1,
        uid=41,
        arrived_at=timezone.now(),
        size=7,
        state=LedgerEntry.State.FAILED,
        problem="connection_lost",
    )


def test_failed_messages_are_told_and_fetched_again(staff: Client, account: Account) -> None:
    entry = failed_message(account)
    listed = page(staff, "/admin/sync/failedmessage/")
    assert "The connection to the mail server was cut off." in listed
    form = {"action": "try_again", "_selected_action": [entry.pk]}
    done = staff.post("/admin/sync/failedmessage/", form, follow=True).content.decode()
    assert "1 message is fetched again." in done
    run = Run.objects.get(kind=Run.Kind.PICKED)
    assert run.picked == [[entry.folder_id, 1, [41]]]


def test_runs_tell_their_progress(staff: Client, account: Account) -> None:
    run = Run.objects.create(account=account, kind=Run.Kind.PAST, problem="timed_out")
    entry = failed_message(account)
    LedgerEntry.objects.filter(pk=entry.pk).update(run=run)
    shown = page(staff, f"/admin/sync/run/{run.pk}/change/")
    assert "1 of 1 messages" in shown
    assert "The mail server did not answer in time." in page(staff, "/admin/sync/run/")


@pytest.mark.needs("dovecot")
@pytest.mark.django_db(transaction=True)
def test_a_new_password_is_tried_and_never_shown(staff: Client, mailbox: Mailbox) -> None:
    address = f"{ACCOUNTS}{mailbox.account.pk}/password/"
    good = mailbox.account.secret()
    Account.objects.update(state=Account.State.REFUSED, encrypted_secret=b"")
    refused = staff.post(address, {"password": "quincunx"}).content.decode()
    assert "refused the user name or the password" in refused
    assert "quincunx" not in refused
    taken = staff.post(address, {"password": good}, follow=True).content.decode()
    assert "The password works." in taken
    mailbox.account.refresh_from_db()
    assert (mailbox.account.state, mailbox.account.secret()) == (Account.State.ACTIVE, good)
    assert good not in taken + str(list(LogEntry.objects.values()))


def test_removing_says_what_goes_and_leaves_it_to_the_workers(
    staff: Client, account: Account
) -> None:
    receive(account, mail("one", "text"))
    address = f"{ACCOUNTS}{account.pk}/remove/"
    asked = page(staff, address)
    assert "1 conversation" in asked
    assert "1 message" in asked
    account.refresh_from_db()
    assert account.state == Account.State.ACTIVE
    staff.post(address)
    account.refresh_from_db()
    assert account.state == Account.State.REMOVING
    page(staff, address, 404)


def test_who_may_only_look_can_neither_set_a_password_nor_remove(
    client: Client, account: Account
) -> None:
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    for name in ("password", "remove"):
        page(client, f"{ACCOUNTS}{account.pk}/{name}/", 403)


@pytest.mark.parametrize("model", ["message", "failedmessage"])
def test_lists_of_mail_are_in_the_language_of_the_reader(
    staff: Client, account: Account, settings: Settings, model: str
) -> None:
    settings.ADMIN_READS_MAIL = True
    receive(account, mail("quincunx", "quincunx"))
    failed_message(account)
    answer = staff.get(f"/admin/sync/{model}/", headers={"accept-language": "pl"})
    shown = answer.content.decode()
    assert re.search(r">\s*Nadeszła\s*<", shown)
    assert re.search(r">\s*Rozmiar\s*<", shown)
    for word in ("Arrived", "Direction", "Quality", "Size", "Tries", "Account"):
        assert word not in shown


def test_what_polish_would_decline_is_said_without_a_sentence(
    staff: Client, account: Account
) -> None:
    for path, title in (
        ("sync/account/", "Konta e-mail"),
        (f"sync/account/{account.pk}/change/", "Konto e-mail"),
        ("contacts/organization/", "Organizacje"),
        ("crm_inbox/look/", "Dziennik audytu"),
    ):
        answer = staff.get(f"/admin/{path}", headers={"accept-language": "pl"})
        shown = answer.content.decode()
        assert re.search(rf"<h1>\s*{title}\s*</h1>", shown), path
        assert not re.search(r"Wybierz \w+ do|Zobacz konto|Dodaj organizacj", shown), path
    assert "Razem: 1" in staff.get(ACCOUNTS, headers={"accept-language": "pl"}).content.decode()
    assert "1 in all" in page(staff, ACCOUNTS)


def test_an_account_without_trouble_leaves_no_gap(staff: Client, account: Account) -> None:
    shown = page(staff, f"{ACCOUNTS}{account.pk}/change/")
    for name in ("Last error", "What to do"):
        assert re.search(rf"<label>{name}:</label>\s*<div class=\"readonly\">-</div>", shown)


def test_people_are_listed_and_not_removed_before_their_mail(
    staff: Client, account: Account
) -> None:
    assert "anna" in page(staff, "/admin/auth/user/")
    page(staff, f"/admin/auth/user/{account.owner_id}/delete/", 403)
    alone = User.objects.create_user("alone")
    page(staff, f"/admin/auth/user/{alone.pk}/delete/")
    form = {"action": "delete_selected", "_selected_action": [account.owner_id], "post": "yes"}
    staff.post("/admin/auth/user/", form)
    assert Account.objects.filter(pk=account.pk).exists()


def test_a_clerk_cannot_make_an_administrator_of_anybody(client: Client) -> None:
    clerk = User.objects.create_user("clerk", password="open sesame", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="auth"))
    client.force_login(clerk)
    address = f"/admin/auth/user/{clerk.pk}/change/"
    assert "clerk" in page(client, address)
    form = {"username": "clerk", "is_superuser": "on", "is_staff": "on", "is_active": "on"}
    client.post(address, {**form, "date_joined_0": "2026-01-01", "date_joined_1": "10:00"})
    client.post(f"/admin/auth/user/{clerk.pk}/password/", {"password1": "x", "password2": "x"})
    page(client, "/admin/auth/user/add/", 403)
    clerk.refresh_from_db()
    assert (clerk.is_superuser, clerk.check_password("open sesame")) == (False, True)


def test_the_key_of_a_second_step_is_not_shown(staff: Client) -> None:
    anna = User.objects.get(username="boss")
    key = Authenticator.objects.create(user=anna, type="totp", data={"secret": "quincunx"})
    assert "quincunx" not in page(staff, f"/admin/crm_inbox/secondstep/{key.pk}/change/")


def test_the_list_of_accounts_asks_few_questions(
    staff: Client, account: Account, django_assert_max_num_queries: object
) -> None:
    for number in range(20):
        make_account(account.owner, f"a{number}@crm.example")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        page(staff, ACCOUNTS)


def test_english_dates_are_those_of_the_mail_lists(staff: Client, account: Account) -> None:
    Account.objects.update(first_sync_done_at=datetime(2026, 11, 3, 15, 5, tzinfo=UTC))
    assert "3 November 2026, 15:05" in page(staff, f"{ACCOUNTS}{account.pk}/change/")
