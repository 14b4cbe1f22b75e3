"""What every answer carries, what cookies are like over HTTPS, and what is too large."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
# What a site behind a proxy with HTTPS says of itself; no server is asked.
HTTPS = {
    "HTTPS": "yes",
    "HASHED_STATIC": "no",
    "ALLOWED_HOSTS": "crm.example",
    "DATABASE_URL": "postgresql:///none?host=/nonexistent",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def over_https(*command: str, tmp_path: Path) -> str:
    environment = os.environ | HTTPS | {"DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_a_deployment_passes_every_check(tmp_path: Path) -> None:
    said = over_https(
        *("-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        tmp_path=tmp_path,
    )
    assert "no issues" in said


def test_cookies_and_headers_over_https(tmp_path: Path) -> None:
    said = over_https("-W", "ignore", "-c", _VISIT, tmp_path=tmp_path)
    for wanted in (
        "301 https://crm.example/sign-in/",
        "Strict-Transport-Security: max-age=31536000; includeSubDomains",
        "__Host-csrftoken: Secure HttpOnly SameSite=Lax Path=/",
        "__Host-sessionid True True Lax",
    ):
        assert wanted in said, said


_VISIT = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "crm_inbox.settings"
django.setup()
from django.conf import settings as s
from django.test import Client
plain = Client(SERVER_NAME="crm.example").get("/sign-in/")
print(plain.status_code, plain["Location"])
client = Client(SERVER_NAME="crm.example", headers={"X-Forwarded-Proto": "https"})
answer = client.get("/sign-in/")
print("\\n".join(f"{name}: {value}" for name, value in answer.headers.items()))
for name, c in answer.cookies.items():
    flags = [flag for flag in ("secure", "httponly") if c[flag]]
    names = {"secure": "Secure", "httponly": "HttpOnly"}
    print(f"{name}:", *(names[f] for f in flags), f"SameSite={c['samesite']} Path={c['path']}")
print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)
"""  # noqa: E501


@pytest.mark.parametrize("path", ["/sign-in/", "/inbox/", "/nothing/", "/admin/"])
def test_every_answer_says_what_a_browser_may_do(path: str, anna: Client) -> None:
    headers = anna.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.fixture
def anna(db: None) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("anna", is_staff=True))
    return client


def test_nothing_changes_without_a_token_of_the_site(anna: Client) -> None:
    for path in ("/inbox/move/", "/email-sync/add/", "/sign-out/", "/team/", "/settings/"):
        assert anna.post(path, {"to": "archived"}).status_code == 403, path


@pytest.mark.parametrize("size", ["16777217", "99999999999999999999999"])
def test_what_is_too_large_is_not_read(anna: Client, size: str) -> None:
    answer = anna.generic("POST", "/contacts/import/", b"", CONTENT_LENGTH=size)
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()


@pytest.mark.parametrize("size", ["-1", "many", "1e9"])
def test_a_length_that_is_no_number_is_no_way_around(anna: Client, size: str) -> None:
    answer = anna.generic("POST", "/contacts/import/", b"", CONTENT_LENGTH=size)
    assert answer.status_code in (400, 403)
