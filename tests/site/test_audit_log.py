"""Who looked at whose mail, or made a way to sign in as somebody else, is kept for good."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from crm_inbox.looks import Look
from sync.models import Account, Message
from tests.site.conftest import mail, receive
from tests.site.test_administration import page

pytestmark = pytest.mark.django_db


def test_mail_is_not_for_administrators(staff: Client, account: Account) -> None:
    message = receive(account, mail("quincunx", "quincunx"))
    for address in ("", f"{message.pk}/change/", f"{message.pk}/history/"):
        answer = staff.get(f"/admin/sync/message/{address}")
        assert answer.status_code in (302, 403, 404), address
        assert "quincunx" not in answer.content.decode()
    assert "sync/message/" not in page(staff, "/admin/")


def test_where_it_is_allowed_every_look_is_noted(
    staff: Client, account: Account, settings: Settings
) -> None:
    settings.ADMIN_READS_MAIL = True
    message = receive(account, mail("quincunx", "quincunx text"))
    assert "quincunx" not in page(staff, "/admin/sync/message/")
    assert not Look.objects.exists()
    assert "quincunx text" in page(staff, f"/admin/sync/message/{message.pk}/change/")
    look = Look.objects.get()
    assert (look.administrator, look.account, look.message_id) == (
        *("boss", "me@crm.example"),
        message.pk,
    )
    assert "me@crm.example" in page(staff, "/admin/crm_inbox/look/")
    page(staff, "/admin/crm_inbox/look/add/", 403)
    # What tells of it without being such a look is not there.
    page(staff, f"/admin/sync/message/{message.pk}/history/", 404)
    page(staff, "/admin/sync/message/?subject__startswith=quin", 400)
    assert "1 in all" in page(staff, "/admin/sync/message/?direction=received")
    assert Look.objects.count() == 1


def test_every_way_to_sign_in_as_somebody_else_is_noted(staff: Client, account: Account) -> None:
    anna = account.owner
    step = Authenticator.objects.create(user=anna, type="totp", data={})
    staff.post(f"/team/{anna.pk}/password-link/")
    new = {"password1": "correct horse battery", "password2": "correct horse battery"}
    staff.post(f"/admin/auth/user/{anna.pk}/password/", {**new, "usable_password": "true"})
    staff.post(f"/admin/crm_inbox/secondstep/{step.pk}/delete/", {"post": "yes"})
    noted = Look.objects.order_by("pk").values_list("administrator", "what", "account")
    assert list(noted) == [("boss", what, "anna") for what in ("link", "person", "step")]
    second = Authenticator.objects.create(user=anna, type="totp", data={})
    form = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    staff.post("/admin/crm_inbox/secondstep/", form)
    assert not Authenticator.objects.exists()
    assert Look.objects.filter(what="step").count() == 2
    assert "Made a link for a new password" in page(staff, "/admin/crm_inbox/look/")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE crm_inbox_look SET account = ''",
        "DELETE FROM crm_inbox_look",
        "TRUNCATE crm_inbox_look",
    ],
)
def test_the_database_itself_keeps_the_looks(account: Account, statement: str) -> None:
    Look.note(User.objects.create_superuser("boss"), receive(account, mail("one", "text")))
    with connection.cursor() as cursor:
        # As it is outside of tests.
        cursor.execute("ALTER TABLE crm_inbox_look ENABLE TRIGGER looks_stay_whole")
    with (
        pytest.raises(DatabaseError, match="cannot be changed or removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    Message.objects.all().delete()
    assert Look.objects.count() == 1
