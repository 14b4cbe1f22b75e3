"""Invitations, password links by an administrator, ended access, the first administrator."""

import re
import threading
from datetime import timedelta
from io import StringIO
from smtplib import SMTPException

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail as outgoing
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from crm_inbox.invitations import Invitation

NEW = "correct horse battery"


@pytest.fixture
def boss(db: None) -> Client:
    User.objects.create_superuser("boss", "boss@crm.example", "open sesame")
    client = Client()
    client.force_login(User.objects.get(username="boss"))
    return client


def invite(boss: Client, email: str = "ewa@crm.example", **more: str) -> str:
    """The path that the page shows."""
    page = boss.post("/team/", {"email": email, **more}).content.decode()
    link = re.search(r"<code>http://testserver(/invitations/[^<]+)</code>", page)
    assert link, page
    return link[1]


def come_in(path: str, name: str = "ewa") -> Client:
    client = Client()
    client.post(path, {"username": name, "password": NEW})
    return client


def test_it_lets_in_who_was_invited_and_once(boss: Client) -> None:
    path = invite(boss)
    ewa = come_in(path)
    assert ewa.get("/inbox/").status_code == 200
    user = User.objects.get(username="ewa")
    assert (user.email, user.is_superuser, user.is_staff) == ("ewa@crm.example", False, False)
    assert come_in(path, "eve").get("/inbox/").status_code == 302
    assert Client().get(path).status_code == 404
    assert User.objects.count() == 2


def test_it_keeps_no_link_that_a_copy_of_the_database_could_use(boss: Client) -> None:
    token = invite(boss).split("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM crm_inbox_invitation i")
        (row,) = cursor.fetchone()
    assert token not in row


def test_it_invites_administrators_where_it_is_wanted(boss: Client) -> None:
    come_in(invite(boss, administrator="on"))
    assert User.objects.get(username="ewa").is_superuser


@pytest.mark.parametrize("ended", ["withdrawn", "too old", "followed by a newer one"])
def test_it_lets_nobody_in_whose_invitation_has_ended(boss: Client, ended: str) -> None:
    path = invite(boss)
    invitation = Invitation.objects.get()
    if ended == "withdrawn":
        boss.post(f"/team/invitations/{invitation.pk}/")
    elif ended == "too old":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        invite(boss)
    assert Client().get(path).status_code == 404
    assert come_in(path).get("/inbox/").status_code == 302
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "password"), [("boss", NEW), ("BOSS", NEW), ("ewa", "123"), ("a b", NEW), ("", NEW)]
)
def test_it_refuses_what_is_taken_or_weak(boss: Client, name: str, password: str) -> None:
    answer = Client().post(invite(boss), {"username": name, "password": password})
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert User.objects.count() == 1
    assert Invitation.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_comes_in() -> None:
    boss = User.objects.create_superuser("boss")
    _, token = Invitation.make("ewa@crm.example", boss, administrator=False)
    start, found = threading.Barrier(2), []

    def accept(name: str) -> None:
        start.wait()
        found.append(Invitation.accept(token, name, NEW))
        connection.close()

    both = [threading.Thread(target=accept, args=[name]) for name in ("ewa", "eve")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sum(user is not None for user in found) == 1
    assert User.objects.count() == 2


def test_it_sends_the_link_where_the_site_sends_mail(
    boss: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.EMAIL_HOST = "mail.crm.example"
    path = invite(boss)
    (letter,) = mailoutbox
    assert letter.to == ["ewa@crm.example"]
    assert f"http://testserver{path}" in str(letter.body)
    assert "boss invites you" in str(letter.body)


def test_it_shows_the_link_where_the_mail_cannot_be_sent(
    boss: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_HOST = "mail.crm.example"

    def refuse(*_: object) -> None:
        raise SMTPException

    monkeypatch.setattr(outgoing.EmailMessage, "send", refuse)
    assert come_in(invite(boss)).get("/inbox/").status_code == 200


def test_it_makes_a_link_for_a_lost_password(boss: Client, anna: User) -> None:
    page = boss.post(f"/team/{anna.pk}/password-link/").content.decode()
    link = re.search(r"<code>http://testserver(/password/new/[^<]+)</code>", page)
    assert link, page
    client = Client()
    form = client.get(link[1])["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert Client().login(username="anna", password=NEW)
    assert "no longer valid" in Client().get(link[1]).content.decode()


def test_the_page_of_an_earlier_link_leads_to_the_team(boss: Client, anna: User) -> None:
    assert boss.get(f"/team/{anna.pk}/password-link/")["Location"] == "/team/"


def test_it_ends_an_access_at_once(boss: Client, anna: User, client: Client) -> None:
    assert client.get("/inbox/").status_code == 200
    boss.post(f"/team/{anna.pk}/access/", {"active": "no"})
    assert client.get("/inbox/").status_code == 302
    boss.post(f"/team/{anna.pk}/access/", {"active": "yes"})
    assert client.get("/inbox/").status_code == 200


def test_nobody_ends_their_own_access(boss: Client) -> None:
    pk = User.objects.get(username="boss").pk
    assert boss.post(f"/team/{pk}/access/", {"active": "no"}).status_code == 400


def test_only_administrators_see_the_team(client: Client, anna: User) -> None:
    assert client.get("/team/").status_code == 404
    assert client.post("/team/", {"email": "x@y.example"}).status_code == 404
    assert client.post(f"/team/{anna.pk}/password-link/").status_code == 404
    assert not Invitation.objects.exists()


def first_admin(*arguments: str) -> str:
    said = StringIO()
    call_command("first_admin", "root", "root@crm.example", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_first_administrator_chooses_a_password_once() -> None:
    lost = first_admin()
    said = first_admin("--site", "https://crm.company.example/")
    link = re.search(r"https://crm\.company\.example(/\S+)", said)
    assert link, said
    client = Client()
    form = client.get(link[1])["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert Client().login(username="root", password=NEW)
    assert User.objects.get().is_superuser
    older = re.search(r"http://127\.0\.0\.1:8000(/\S+)", lost)
    assert older
    assert "no longer valid" in Client().get(older[1]).content.decode()
    with pytest.raises(CommandError, match="an administrator already"):
        first_admin()


@pytest.mark.django_db
def test_the_command_makes_nobody_an_administrator_who_is_there() -> None:
    User.objects.create_user("root", password="open sesame")
    with pytest.raises(CommandError, match="no administrator"):
        first_admin()
    assert not User.objects.get().is_superuser


def administer(boss: Client, action: str) -> str:
    rows = list(Invitation.objects.values_list("pk", flat=True))
    form = {"action": action, "_selected_action": rows}
    return boss.post("/admin/crm_inbox/invitation/", form, follow=True).content.decode()


def test_the_administration_lists_invitations_without_their_links(boss: Client) -> None:
    paths = [invite(boss, f"{name}@crm.example") for name in ("ewa", "jan", "ola")]
    come_in(paths[0])
    Invitation.objects.filter(email="jan@crm.example").update(expires_at=timezone.now())
    found = {
        state: boss.get(f"/admin/crm_inbox/invitation/?state={state}").content.decode()
        for state in ("accepted", "ended", "open")
    }
    for name, state in (("ewa", "accepted"), ("jan", "ended"), ("ola", "open")):
        assert [key for key, page in found.items() if f"{name}@crm" in page] == [state]
    pk = Invitation.objects.get(email="ola@crm.example").pk
    page = boss.get(f"/admin/crm_inbox/invitation/{pk}/change/").content.decode()
    assert "boss" in page
    for path in paths:
        assert path.split("/")[2] not in page + "".join(found.values())
    assert Invitation.objects.get(pk=pk).digest not in page


def test_the_administration_sends_a_new_link_which_ends_the_one_before(
    boss: Client, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    path = invite(boss)
    assert "No email could be sent" in administer(boss, "send_again")
    assert Client().get(path).status_code == 200
    settings.EMAIL_HOST = "mail.crm.example"
    assert "gets a new link by email" in administer(boss, "send_again")
    (letter,) = mailoutbox
    link = re.search(r"http://testserver(/invitations/\S+)", str(letter.body))
    assert link
    assert Client().get(path).status_code == 404
    assert come_in(link[1]).get("/inbox/").status_code == 200
    administer(boss, "send_again")
    assert len(mailoutbox) == 1


def test_the_administration_withdraws_what_is_open(boss: Client) -> None:
    come_in(invite(boss))
    path = invite(boss, "jan@crm.example")
    assert "1 invitation is withdrawn." in administer(boss, "withdraw")
    assert Client().get(path).status_code == 404
    assert Invitation.objects.get().email == "ewa@crm.example"


def test_a_clerk_invites_nobody_by_the_administration(boss: Client) -> None:
    path = invite(boss)
    clerk = Client()
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="crm_inbox"))
    clerk.force_login(user)
    assert "ewa@crm" in clerk.get("/admin/crm_inbox/invitation/").content.decode()
    administer(clerk, "withdraw")
    assert Client().get(path).status_code == 200
