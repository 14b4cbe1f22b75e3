"""Signing in: limits, second steps, forgotten passwords, sessions."""

import re
import time

import pytest
import redis
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from pytest_django import Settings

from crm_inbox.local.ports import free_port
from crm_inbox.local.processes import wait_until

PASSWORD = "open sesame"
NEW = "correct horse battery"


@pytest.fixture(autouse=True)
def no_attempts_yet(anna: User) -> None:
    """Limits count in Redis, which the tests share."""
    server = redis.Redis.from_url(configured.REDIS_URL)
    for key in server.scan_iter("crm_inbox:*"):
        server.delete(key)


@pytest.fixture
def stranger() -> Client:
    return Client()


def sign_in(client: Client, name: str = "anna", password: str = PASSWORD) -> bool:
    client.post("/sign-in/", {"login": name, "password": password})
    return "_auth_user_id" in client.session


def behind(addresses: str) -> Client:
    """A client whose proxies have written where it comes from."""
    return Client(headers={"X-Forwarded-For": addresses})


def code(secret: str, ahead: int = 0) -> str:
    """What an authenticator app would show."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def set_up_app(client: Client) -> str:
    """The app's secret."""
    client.post("/account/confirm/", {"password": PASSWORD})
    page = client.get("/account/app/add/").content.decode()
    secret = re.search(r'setup-key">\s*(\w+)', page)
    assert secret, page
    client.post("/account/app/add/", {"code": code(secret[1])})
    return secret[1]


@pytest.mark.parametrize("name", ["anna", "anna@crm.example"])
def test_it_signs_in_by_name_or_address(stranger: Client, anna: User, name: str) -> None:
    User.objects.filter(pk=anna.pk).update(email="anna@crm.example")
    assert sign_in(stranger, name)
    assert stranger.get("/inbox/").status_code == 200


def test_it_stops_guessing(stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        assert not sign_in(stranger, password="wrong")
    page = stranger.post("/sign-in/", {"login": "anna", "password": PASSWORD}).content.decode()
    assert "Too many attempts failed" in page
    assert "A sign-in was refused after too many in vain, from 127.0.0.1." in caplog.text
    # Whatever the machine, and in other letters, too.
    assert not sign_in(Client(REMOTE_ADDR="192.0.2.7"), "ANNA")


def test_the_log_tells_who_came_in_and_that_somebody_failed(
    stranger: Client, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert not sign_in(stranger, "quincunx", "sesame sesame")
    assert "A sign-in failed, from 127.0.0.1." in caplog.text
    assert sign_in(stranger)
    assert f"User {anna.pk} signed in from 127.0.0.1." in caplog.text
    for typed in ("quincunx", "sesame sesame", PASSWORD):
        assert typed not in caplog.text


def test_it_counts_behind_a_proxy_by_the_address_that_the_proxy_saw(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(20):
        assert not sign_in(behind(f"198.51.100.{number}, 192.0.2.7"), f"nobody{number}", "wrong")
    assert not sign_in(behind("198.51.100.99, 192.0.2.7"))
    assert sign_in(behind("192.0.2.8"))


def test_it_opens_to_nobody_who_was_not_invited(stranger: Client) -> None:
    form = {"username": "eve", "email": "eve@x.example", "password1": NEW, "password2": NEW}
    for page in (stranger.get("/sign-up/"), stranger.post("/sign-up/", form)):
        assert "By invitation only" in page.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_it_has_one_door_for_administrators_too(stranger: Client, client: Client) -> None:
    assert stranger.get("/admin/")["Location"].startswith("/admin/login/")
    assert stranger.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=%2Fadmin%2F"
    assert stranger.post("/admin/login/", {"username": "anna"}).status_code == 302
    assert client.get("/admin/login/").status_code == 403


def test_it_asks_for_the_code_of_the_app(
    stranger: Client, anna: User, caplog: pytest.LogCaptureFixture
) -> None:
    assert sign_in(stranger)
    secret = set_up_app(stranger)
    again = Client()
    answer = again.post("/sign-in/", {"login": "anna", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/second-step/"
    assert again.get("/inbox/")["Location"].startswith("/sign-in/")
    wrong = again.post("/sign-in/second-step/", {"code": "000000"})
    assert "This code does not hold" in wrong.content.decode()
    assert f"A second step of user {anna.pk} failed, from 127.0.0.1." in caplog.text
    again.post("/sign-in/second-step/", {"code": code(secret, ahead=1)})
    assert again.get("/inbox/").status_code == 200
    # A code that somebody looked at over a shoulder.
    third = Client()
    third.post("/sign-in/", {"login": "anna", "password": PASSWORD})
    third.post("/sign-in/second-step/", {"code": code(secret, ahead=1)})
    assert third.get("/inbox/").status_code == 302


def test_it_takes_each_recovery_code_once(stranger: Client, anna: User) -> None:
    assert sign_in(stranger)
    set_up_app(stranger)
    codes = re.findall(r"<code>(\d{8})</code>", stranger.get("/account/codes/").content.decode())
    assert len(codes) == 10
    for signed_in in (200, 302):
        again = Client()
        again.post("/sign-in/", {"login": "anna", "password": PASSWORD})
        again.post("/sign-in/second-step/", {"code": codes[0]})
        assert again.get("/inbox/").status_code == signed_in


def test_it_seals_the_secrets_of_second_steps(stranger: Client, anna: User) -> None:
    assert sign_in(stranger)
    secret = set_up_app(stranger)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(a::text, ' ') FROM mfa_authenticator a")
        (rows,) = cursor.fetchone()
    assert Authenticator.objects.count() == 2
    assert secret not in rows
    assert rows.count("gAAAAA") == 2


def test_it_asks_again_who_it_is_before_the_sign_in_is_changed(client: Client) -> None:
    """Somebody at a screen that was left open gets no further."""
    for path in ("app/add/", "passkeys/add/", "codes/new/"):
        answer = client.get(f"/account/{path}")
        assert answer["Location"].startswith("/account/confirm/"), path
    assert client.post("/account/codes/new/")["Location"].startswith("/account/confirm/")
    assert not Authenticator.objects.exists()


def test_it_sends_a_link_for_a_forgotten_password(
    stranger: Client, anna: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.EMAIL_HOST = "mail.crm.example"
    User.objects.filter(pk=anna.pk).update(email="anna@crm.example")
    elsewhere = Client()
    assert sign_in(elsewhere)
    for address in ("anna@crm.example", "nobody@crm.example"):
        sent = stranger.post("/password/forgotten/", {"email": address})
        assert sent["Location"] == "/password/forgotten/sent/"
    # Nothing tells whether an address is known.
    assert wait_until(lambda: bool(mailoutbox), 60)
    (letter,) = mailoutbox
    assert letter.to == ["anna@crm.example"]
    assert str(letter.body).count("anna") == 1
    link = re.search(r"http://testserver(\S+)", str(letter.body))
    assert link
    form = stranger.get(link[1])["Location"]
    assert "Choose a new password" in stranger.get(form).content.decode()
    stranger.post(form, {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), password=NEW)
    assert elsewhere.get("/inbox/").status_code == 302
    assert "no longer valid" in Client().get(link[1]).content.decode()


def test_it_says_whom_to_ask_where_no_mail_is_sent(stranger: Client) -> None:
    page = stranger.get("/password/forgotten/").content.decode()
    assert "Ask an administrator" in page
    assert stranger.post("/password/forgotten/", {"email": "a@b.example"}).status_code == 200


def test_it_lists_the_browsers_and_signs_out_the_others(stranger: Client) -> None:
    assert sign_in(stranger)
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")
    assert sign_in(other)
    page = stranger.get("/account/sessions/").content.decode()
    assert "Firefox, Linux" in page
    assert page.count("this browser") == 1
    stranger.post("/account/sessions/")
    assert other.get("/inbox/").status_code == 302
    assert stranger.get("/inbox/").status_code == 200


def test_a_mail_server_that_is_away_tells_not_who_is_here(
    stranger: Client, anna: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    User.objects.filter(pk=anna.pk).update(email="anna@crm.example")
    for address in ("anna@crm.example", "nobody@crm.example"):
        sent = stranger.post("/password/forgotten/", {"email": address})
        assert sent["Location"] == "/password/forgotten/sent/"
    assert wait_until(lambda: "ConnectionRefusedError" in caplog.text, 60)
    assert "anna" not in caplog.text


def test_a_changed_password_ends_the_other_sessions(stranger: Client) -> None:
    assert sign_in(stranger)
    other = Client()
    assert sign_in(other)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    stranger.post("/account/password/", form)
    assert stranger.get("/inbox/").status_code == 200
    assert other.get("/inbox/").status_code == 302


def test_it_speaks_polish_at_the_door(stranger: Client) -> None:
    page = stranger.get("/sign-in/", headers={"Accept-Language": "pl"}).content.decode()
    assert "Zaloguj się kluczem dostępu" in page
